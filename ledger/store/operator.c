#include "store/operator.h"

#include "store/places.h"

bool operator_find(const struct cli *cli, struct arena *arena, struct store *store,
                   const struct writer *writer, struct digest *out, struct error *err)
{
    const char *path;
    struct public_key key;
    struct head head;
    if (!places_key(cli, arena, "operator.vkey", &path, err) ||
        !key_read_vkey_file(path, &key, err) || !head_read(store, writer->log, &head, err))
        return false;
    *out = key_hash(key.bytes);
    if (keyring_find(&writer->keys, out, head.size, ROLES_OPERATOR) == NULL)
        return error_set(err, ERROR_REFUSED,
                         "operator '%s' ('%s') is not granted in this log: `daybook-ledger key "
                         "grant operator %s`",
                         key.name, path, path);
    return true;
}
