#include "store/places.h"

#include <stdlib.h>

#include "base/file.h"

bool places_key(const struct cli *cli, struct arena *arena, const char *name, const char **out,
                struct error *err)
{
    const char *folder;
    if (!cli_required(cli, "keys", &folder, err))
        return false;
    *out = arena_printf(arena, "%s/%s", folder, name);
    return true;
}

bool places_secret(const struct cli *cli, struct arena *arena, const char *name, const char **out,
                   struct error *err)
{
    const char *keys = cli_text(cli, "keys");
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (credentials == NULL || *credentials == '\0')
        return places_key(cli, arena, name, out, err);
    const char *handed_over = arena_printf(arena, "%s/%s", credentials, name);
    *out = keys == NULL ? handed_over : arena_printf(arena, "%s/%s", keys, name);
    if (!file_exists(*out) && file_exists(handed_over))
        *out = handed_over;
    return true;
}

bool places_published(const struct cli *cli, struct arena *arena, const char **out,
                      struct error *err)
{
    const char *archive = cli_text(cli, "archive");
    const char *published = cli_text(cli, "published");
    if (published != NULL)
        *out = published;
    else if (archive != NULL)
        *out = arena_printf(arena, "%s/public/checkpoint", archive);
    else
        return error_set(err, ERROR_INPUT,
                         "--published or --archive must say where the published "
                         "checkpoint is: without it nothing is appended");
    return true;
}

bool places_state(const struct cli *cli, struct arena *arena, const char **out, struct error *err)
{
    const char *state = cli_text(cli, "state");
    if (state == NULL)
        return places_key(cli, arena, "seal.state", out, err);
    *out = state;
    return true;
}

bool places_log(const struct cli *cli, int *out, struct error *err)
{
    uint64_t log;
    if (!cli_u64(cli, "log", &log, err))
        return false;
    if (log != 0)
        return error_set(err, ERROR_REFUSED,
                         "log %llu: there is one log, 0; more of them are not built yet",
                         (unsigned long long)log);
    *out = 0;
    return true;
}
