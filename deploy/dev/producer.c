#include "dev/producer.h"

#include <inttypes.h>
#include <string.h>

#define FLUSH_MS 60000
#define WAIT_MS 100

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message, void *context)
{
    (void)handle;
    struct producer *producer = context;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        producer->failed++;
}

static bool producer_set(rd_kafka_conf_t *conf, const char *name, const char *value,
                         struct error *err)
{
    char text[256];
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) == RD_KAFKA_CONF_OK)
        return true;
    return error_set(err, ERROR_INPUT, "Kafka setting '%s': %s", name, text);
}

bool producer_open(struct producer *producer, const char *brokers, const char *topic,
                   struct error *err)
{
    static const char *const settings[][2] = {
        {"partitioner", "murmur2_random"},
        {"enable.idempotence", "true"},
        {"compression.codec", "lz4"},
        {"linger.ms", "20"},
        {"socket.nagle.disable", "true"},
        {"queue.buffering.max.messages", "400000"},
        {"log_level", "3"},
    };
    *producer = (struct producer){.topic = topic};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (!producer_set(conf, "bootstrap.servers", brokers, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (!producer_set(conf, settings[i][0], settings[i][1], err))
            return false;
    }
    rd_kafka_conf_set_opaque(conf, producer);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    char text[256];
    producer->handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (producer->handle == NULL)
        return error_set(err, ERROR_SYSTEM, "cannot start a producer: %s", text);
    return true;
}

rd_kafka_headers_t *producer_structured_headers(void)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(1);
    rd_kafka_header_add(headers, "content-type", -1, "application/cloudevents+json", -1);
    return headers;
}

static rd_kafka_resp_err_t send_once(const struct producer *producer, const char *key,
                                     const char *value, rd_kafka_headers_t *headers)
{
    void *key_bytes = (void *)(uintptr_t)key, *value_bytes = (void *)(uintptr_t)value;
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = producer->topic},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {key_bytes, strlen(key)}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {value_bytes, strlen(value)}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *failure = rd_kafka_produceva(producer->handle, parts, COUNT_OF(parts));
    rd_kafka_resp_err_t code = rd_kafka_error_code(failure);
    rd_kafka_error_destroy(failure);
    return code;
}

bool producer_send(struct producer *producer, const char *key, const char *value,
                   rd_kafka_headers_t *headers, struct error *err)
{
    rd_kafka_resp_err_t code;
    while ((code = send_once(producer, key, value, headers)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(producer->handle, WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_headers_destroy(headers);
        return error_set(err, ERROR_SYSTEM, "cannot produce: %s", rd_kafka_err2str(code));
    }
    producer->produced++;
    return true;
}

void producer_poll(struct producer *producer, int timeout_ms)
{
    rd_kafka_poll(producer->handle, timeout_ms);
}

bool producer_close(struct producer *producer, struct error *err)
{
    rd_kafka_resp_err_t answer = rd_kafka_flush(producer->handle, FLUSH_MS);
    rd_kafka_destroy(producer->handle);
    if (answer != RD_KAFKA_RESP_ERR_NO_ERROR || producer->failed > 0)
        return error_set(err, ERROR_SYSTEM, "%" PRIu64 " events were not delivered",
                         producer->failed);
    return true;
}
