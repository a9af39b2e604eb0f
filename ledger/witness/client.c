#include "witness/client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define CONNECT_TIMEOUT_SECONDS 5L

struct client {
    CURL *curl;
    struct curl_slist *headers;
    unsigned timeout_seconds;
};

struct client *client_open(unsigned timeout_seconds)
{
    struct client *client = memory_alloc(sizeof *client);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    client->curl = curl_easy_init();
    if (client->curl == NULL)
        abort();
    /* "Expect" would cost a second where a witness does not know it. */
    client->headers = curl_slist_append(NULL, "Expect:");
    client->headers = curl_slist_append(client->headers, "Content-Type: text/plain; charset=utf-8");
    client->timeout_seconds = timeout_seconds;
    return client;
}

void client_close(struct client *client)
{
    curl_slist_free_all(client->headers);
    curl_easy_cleanup(client->curl);
    curl_global_cleanup();
    free(client);
}

/* Returning another size than was given ends the transfer. */
static size_t take_body(char *bytes, size_t one, size_t size, void *context)
{
    struct client_answer *answer = context;
    if (answer->body.size + size > CLIENT_ANSWER_SIZE_MAX)
        return 0;
    text_append_n(&answer->body, bytes, one * size);
    return size;
}

static void set_common(struct client *client, const char *url, struct client_answer *answer,
                       char problem[CURL_ERROR_SIZE])
{
    CURL *curl = client->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)client->timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "daybook-cosign");
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
}

static bool perform(struct client *client, const char *url, struct client_answer *out,
                    const char *problem, struct error *err)
{
    long status = 0;
    char *type = NULL;
    text_clear(&out->body);
    out->content_type[0] = '\0';
    CURLcode code = curl_easy_perform(client->curl);
    if (code != CURLE_OK)
        return error_set(err, ERROR_BUSY, "no answer from '%s': %s", url,
                         problem[0] != '\0' ? problem : curl_easy_strerror(code));
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(client->curl, CURLINFO_CONTENT_TYPE, &type);
    out->status = (unsigned)status;
    if (type != NULL && strlen(type) < sizeof out->content_type)
        memcpy(out->content_type, type, strlen(type) + 1);
    return true;
}

bool client_post(struct client *client, const char *url, const struct text *body,
                 struct client_answer *out, struct error *err)
{
    char problem[CURL_ERROR_SIZE] = "";
    set_common(client, url, out, problem);
    curl_easy_setopt(client->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body->data);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->size);
    return perform(client, url, out, problem, err);
}

bool client_get(struct client *client, const char *url, struct client_answer *out,
                struct error *err)
{
    char problem[CURL_ERROR_SIZE] = "";
    set_common(client, url, out, problem);
    return perform(client, url, out, problem, err);
}
