/*
 * API keys: "dbk_<id>_<secret>_<crc>". The id is public and finds the row; of the secret the
 * database has a hash; the checksum tells a mistyped or cut key from an unknown one, and lets
 * scanners of published code recognise it.
 */
#ifndef LEDGER_TOKENS_H
#define LEDGER_TOKENS_H

#include <stdbool.h>

#include "base/cli.h"

#define TOKEN_ID_SIZE 13     /* 12 characters of [a-z0-9] */
#define TOKEN_SECRET_SIZE 44 /* 43 characters of [0-9A-Za-z]: 256 bits */
#define TOKEN_TEXT_SIZE 80

bool token_add_command(const struct cli *cli, struct error *err);
bool token_revoke_command(const struct cli *cli, struct error *err);
bool token_list_command(const struct cli *cli, struct error *err);

#endif
