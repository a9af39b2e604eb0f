#include "store/operator.h"

#include <string.h>

#include "base/text.h"
#include "store/append.h"
#include "store/places.h"

bool operator_open(const struct cli *cli, struct arena *arena, enum key_role role,
                   struct person *out, struct error *err)
{
    struct person person = {.role = role};
    const char *name = cli_text(cli, "operator");
    if (name == NULL)
        name = role == ROLE_APPROVE ? "approver" : "operator";
    if (strchr(name, '/') != NULL || *name == '.' || *name == '\0')
        return error_set(err, ERROR_INPUT,
                         "--operator is the name of a key in the folder --keys, "
                         "such as 'approver', not '%.60s'",
                         name);
    if (!places_secret(cli, arena, arena_printf(arena, "%s.key", name), &person.path, err) ||
        !key_read_file(person.path, &person.key, err))
        return false;
    person.hash = key_hash(key_public(person.key)->bytes);
    *out = person;
    return true;
}

void operator_close(struct person *person)
{
    if (person->key != NULL)
        key_release(person->key);
    person->key = NULL;
}

/* "draft, issue", or "no role". */
static void print_roles(unsigned roles, struct text *out)
{
    for (unsigned role = 1; role <= roles; role <<= 1)
        if ((roles & role) != 0)
            text_printf(out, "%s'%s'", out->size > 0 ? ", " : "",
                        key_role_word((enum key_role)role));
    if (out->size == 0)
        text_append(out, "no role");
}

bool operator_check(const struct person *person, const struct keyring *keys, struct error *err)
{
    struct text CLEANUP(text_release) held;
    unsigned roles = keyring_roles(keys, &person->hash, KEYRING_NOW);
    const char *role = key_role_word(person->role);
    text_init(&held);
    if ((roles & person->role) != 0)
        return true;
    print_roles(roles, &held);
    return error_set(err, ERROR_REFUSED,
                     "this needs an operator with the role '%s', and '%s' ('%s') holds %s here: "
                     "name another with --operator, or `daybook-ledger key grant %s` its .vkey",
                     role, key_public(person->key)->name, person->path, held.data, role);
}

static bool check(const struct person *person, struct store *store, int log, struct error *err)
{
    struct keyring CLEANUP(keyring_release) keys;
    keyring_init(&keys);
    return keys_read(store, log, &keys, err) && operator_check(person, &keys, err);
}

bool operator_find(const struct cli *cli, struct store *store, int log, enum key_role role,
                   struct digest *out, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct person CLEANUP(operator_close) person = {0};
    arena_init(&arena);
    if (!operator_open(cli, &arena, role, &person, err) || !check(&person, store, log, err))
        return false;
    *out = person.hash;
    return true;
}
