#include "ledger/tokens.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/digest.h"
#include "ledger/control.h"
#include "store/tenants.h"
#include "store/tokens.h"

#define TENANTS_MAX 256

static const char *const scopes[] = {"usage:read", "invoices:read", "ledger:read"};

/* ----------------------------------------------------------------------------------- the text */

struct token_secret {
    char id[TOKEN_ID_SIZE];
    char secret[TOKEN_SECRET_SIZE];
    char text[TOKEN_TEXT_SIZE];
};

static void token_secret_wipe(struct token_secret *token)
{
    sodium_memzero(token, sizeof(*token));
}

static void fill(char *out, size_t size, unsigned alphabet_size)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t i = 0; i + 1 < size; i++)
        out[i] = alphabet[randombytes_uniform(alphabet_size)];
    out[size - 1] = '\0';
}

/* CRC-32 (ISO 3309), as in zlib. */
static uint32_t crc32_of(const char *text)
{
    uint32_t crc = UINT32_MAX;
    for (; *text != '\0'; text++) {
        crc ^= (unsigned char)*text;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static void token_make(struct token_secret *out)
{
    fill(out->id, sizeof(out->id), 36);
    fill(out->secret, sizeof(out->secret), 62);
    int size = snprintf(out->text, sizeof(out->text), "dbk_%s_%s", out->id, out->secret);
    snprintf(out->text + size, sizeof(out->text) - (size_t)size, "_%08" PRIx32,
             crc32_of(out->text));
}

/* ----------------------------------------------------------------------------------------- add */

/* Splits at commas; the parts live in the arena. */
static size_t split(struct arena *arena, const char *list, const char **out, size_t capacity)
{
    size_t count = 0;
    for (const char *part = list; count < capacity; count++) {
        size_t size = strcspn(part, ",");
        out[count] = arena_text_n(arena, part, size);
        if (part[size] == '\0')
            return count + 1;
        part += size + 1;
    }
    return capacity + 1;
}

/* Twice the same is a slip: perhaps another one was meant. */
static bool check_distinct(const char *option, const char *const *given, size_t count,
                           struct error *err)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(given[i], given[j]) == 0)
                return error_set(err, ERROR_INPUT, "--%s names '%.60s' twice", option, given[i]);
    return true;
}

static bool check_scopes(const char *const *given, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t s = 0; s < COUNT_OF(scopes); s++)
            known = known || strcmp(given[i], scopes[s]) == 0;
        if (!known)
            return error_set(err, ERROR_INPUT,
                             "scope '%.40s' is not usage:read, invoices:read or ledger:read",
                             given[i]);
    }
    return true;
}

struct token_request {
    struct arena arena;
    const char *names[TENANTS_MAX];
    uint64_t tenants[TENANTS_MAX];
    const char *scopes[COUNT_OF(scopes)];
    struct token token;
};

static void token_request_release(struct token_request *request)
{
    arena_release(&request->arena);
}

static bool read_request(const struct cli *cli, struct token_request *request, struct error *err)
{
    const char *tenants, *wanted;
    if (!cli_required(cli, "tenant", &tenants, err) || !cli_required(cli, "scope", &wanted, err))
        return false;
    request->token = (struct token){
        .name = cli_argument(cli, 0),
        .tenant_count = split(&request->arena, tenants, request->names, TENANTS_MAX),
        .tenants = request->tenants,
        .scope_count = split(&request->arena, wanted, request->scopes, COUNT_OF(scopes)),
        .scopes = request->scopes,
        .expires_at_us = INT64_MAX,
        .revoked_at_us = INT64_MAX,
    };
    if (request->token.tenant_count > TENANTS_MAX || request->token.scope_count > COUNT_OF(scopes))
        return error_set(err, ERROR_INPUT, "an API key has at most %d tenants and %zu scopes",
                         TENANTS_MAX, COUNT_OF(scopes));
    const char *expires = cli_text(cli, "expires");
    return check_distinct("tenant", request->names, request->token.tenant_count, err) &&
           check_distinct("scope", request->scopes, request->token.scope_count, err) &&
           check_scopes(request->scopes, request->token.scope_count, err) &&
           (expires == NULL || instant_parse(expires, strlen(expires), "--expires",
                                             &request->token.expires_at_us, err));
}

static bool find_tenants(struct store *store, int log, struct token_request *request,
                         struct error *err)
{
    for (size_t i = 0; i < request->token.tenant_count; i++) {
        struct tenant tenant;
        if (!tenant_find(store, log, request->names[i], &request->arena, &tenant, err))
            return false;
        request->tenants[i] = tenant.number;
    }
    return true;
}

bool token_add_command(const struct cli *cli, struct error *err)
{
    struct token_request CLEANUP(token_request_release) request = {0};
    struct token_secret CLEANUP(token_secret_wipe) secret;
    struct store *CLEANUP(control_leave) store = NULL;
    struct log_row log;
    struct digest operator_key;
    arena_init(&request.arena);
    if (!read_request(cli, &request, err) || !control_look(cli, &store, &log, err) ||
        !operator_find(cli, store, log.log, ROLE_OPERATE, &operator_key, err) ||
        !find_tenants(store, log.log, &request, err))
        return false;
    token_make(&secret);
    request.token.token_id = secret.id;
    request.token.hash = digest_of(secret.secret, strlen(secret.secret));
    if (!token_insert(store, log.log, &request.token, err))
        return false;
    fprintf(stderr, "this key is shown once; id %s\n", secret.id);
    printf("%s\n", secret.text);
    return true;
}

/* -------------------------------------------------------------------------------- revoke, list */

bool token_revoke_command(const struct cli *cli, struct error *err)
{
    struct store *CLEANUP(control_leave) store = NULL;
    struct log_row log;
    struct digest operator_key;
    if (!control_look(cli, &store, &log, err) ||
        !operator_find(cli, store, log.log, ROLE_OPERATE, &operator_key, err) ||
        !token_revoke(store, log.log, cli_argument(cli, 0), err))
        return false;
    printf("API key '%s' is revoked\n", cli_argument(cli, 0));
    return true;
}

static const char *instant_or_dash(int64_t instant_us, char out[INSTANT_TEXT_SIZE])
{
    return instant_us == INT64_MAX ? "-" : instant_format(instant_us, out);
}

static bool print_token(void *context, const struct token *token, struct error *err)
{
    (void)context;
    (void)err;
    char expires[INSTANT_TEXT_SIZE], revoked[INSTANT_TEXT_SIZE];
    printf("%-14s expires %s revoked %s '%s'", token->token_id,
           instant_or_dash(token->expires_at_us, expires),
           instant_or_dash(token->revoked_at_us, revoked), token->name);
    for (size_t i = 0; i < token->tenant_count; i++)
        printf("%s%" PRIu64, i == 0 ? " tenants " : ",", token->tenants[i]);
    for (size_t i = 0; i < token->scope_count; i++)
        printf("%s%s", i == 0 ? " scopes " : ",", token->scopes[i]);
    printf("\n");
    return true;
}

bool token_list_command(const struct cli *cli, struct error *err)
{
    struct store *CLEANUP(control_leave) store = NULL;
    struct log_row log;
    return control_look(cli, &store, &log, err) &&
           tokens_each(store, log.log, print_token, NULL, err);
}
