#include "ingest/kafka_settings.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/text.h"

#define FILE_SIZE_MAX 65536
#define TRY_MS 10000
#define TRY_STEP_MS 500
#define SCRAM_WORKS_FROM 0x020601ff /* before, its nonce is not what Kafka 4 accepts */

static const char *const allowed[] = {"security.protocol", "sasl.", "ssl."};
static const char *const secret[] = {"sasl.password", "ssl.key.pem", "ssl.key.password",
                                     "ssl.keystore.password", "sasl.oauthbearer.client.secret"};

static bool is_allowed(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(allowed); i++)
        if (strncmp(name, allowed[i], strlen(allowed[i])) == 0)
            return true;
    return false;
}

static bool is_secret(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(secret); i++)
        if (strcmp(name, secret[i]) == 0)
            return true;
    return false;
}

static bool check_private(const char *path, const char *name, struct error *err)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot look at '%s'", path);
    return (status.st_mode & 077) == 0 ||
           error_set(err, ERROR_REFUSED,
                     "'%s' has %s and can be read by others (mode %03o): chmod 400 it", path, name,
                     (unsigned)status.st_mode & 0777);
}

static char *trim(char *text)
{
    size_t size;

    text += strspn(text, " \t");
    size = strlen(text);
    while (size > 0 && strchr(" \t\r", text[size - 1]))
        text[--size] = '\0';
    return text;
}

static bool take_line(const char *path, int number, char *line, rd_kafka_conf_t *conf,
                      struct error *err)
{
    char words[256];
    char *value = strchr(line, '=');
    char *name;

    if (!value)
        return error_set(err, ERROR_INPUT, "%s:%d: a line is 'name = value'", path, number);
    *value++ = '\0';
    name = trim(line);
    if (!is_allowed(name))
        return error_set(err, ERROR_INPUT,
                         "%s:%d: '%s' is not for this file: it may have security.protocol, sasl.* "
                         "and ssl.*; Daybook sets all else itself",
                         path, number, name);
    if (is_secret(name) && !check_private(path, name, err))
        return false;
    return rd_kafka_conf_set(conf, name, trim(value), words, sizeof words) == RD_KAFKA_CONF_OK ||
           error_set(err, ERROR_INPUT, "%s:%d: %s", path, number, words);
}

bool kafka_settings_read(const char *path, rd_kafka_conf_t *conf, struct error *err)
{
    struct text text;
    char *rest = NULL;
    int number = 0;

    text_init(&text);
    bool ok = file_read(path, FILE_SIZE_MAX, &text, err);
    for (char *line = ok ? text.data : NULL; ok && line; line = rest) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        number++;
        line = trim(line);
        if (*line != '\0' && *line != '#')
            ok = take_line(path, number, line, conf, err);
    }
    text_release(&text);
    return ok;
}

/* What the brokers, or TLS, said no with. */
struct refusal {
    bool is_final;
    char words[512];
};

static void on_error(rd_kafka_t *client, int code, const char *words, void *opaque)
{
    struct refusal *refusal = opaque;

    (void)client;
    if (code != RD_KAFKA_RESP_ERR__AUTHENTICATION && code != RD_KAFKA_RESP_ERR__SSL)
        return;
    refusal->is_final = true;
    snprintf(refusal->words, sizeof refusal->words, "%s", words);
}

static const char *hint(const char *words)
{
    return strstr(words, "SCRAM") && rd_kafka_version() < SCRAM_WORKS_FROM
               ? " (this librdkafka's SCRAM is refused by Kafka 4, whatever the password: use PLAIN "
                 "over TLS, or a client certificate)"
               : "";
}

bool kafka_settings_try(const rd_kafka_conf_t *conf, struct error *err)
{
    struct refusal refusal = {0};
    char words[512];
    rd_kafka_conf_t *copy = rd_kafka_conf_dup(conf);
    int64_t deadline_us = instant_monotonic() + (int64_t)TRY_MS * 1000;
    const struct rd_kafka_metadata *metadata = NULL;

    rd_kafka_conf_set_error_cb(copy, on_error);
    rd_kafka_conf_set_opaque(copy, &refusal);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, copy, words, sizeof words);
    if (!client) {
        rd_kafka_conf_destroy(copy);
        return error_set(err, ERROR_INPUT, "kafka: %s", words);
    }
    while (!refusal.is_final && instant_monotonic() < deadline_us &&
           rd_kafka_metadata(client, 0, NULL, &metadata, TRY_STEP_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_poll(client, 0);
    if (metadata)
        rd_kafka_metadata_destroy(metadata);
    rd_kafka_destroy(client);
    return !refusal.is_final ||
           error_set(err, ERROR_REFUSED, "kafka: %s%s", refusal.words, hint(refusal.words));
}
