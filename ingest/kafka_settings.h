/*
 * How a client proves itself to the brokers, and they to it: librdkafka's own settings, from a
 * file.
 *
 *   security.protocol = SASL_SSL
 *   ssl.ca.location = /etc/daybook/kafka-ca.pem
 *   sasl.mechanism = PLAIN
 *   sasl.username = daybook
 *   sasl.password = ...
 *
 * Lines `name = value`, `#` begins a comment. What is not security.protocol, sasl.* or ssl.* is
 * refused: the other settings are what exactly-once rests on.
 */
#ifndef INGEST_KAFKA_SETTINGS_H
#define INGEST_KAFKA_SETTINGS_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

/* Sets what the file says. ERROR_INPUT with file and line; ERROR_REFUSED where others than its
 * owner can read a file with a password or a key. */
MUST_CHECK bool kafka_settings_read(const char *path, rd_kafka_conf_t *conf, struct error *err);

/* Asks the brokers once, with a client of its own made from a copy of `conf`: ERROR_REFUSED, in
 * their words, where they do not take who we are or we do not take who they are. A broker that does
 * not answer is no error here. */
MUST_CHECK bool kafka_settings_try(const rd_kafka_conf_t *conf, struct error *err);

#endif
