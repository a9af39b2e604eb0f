#include "store/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

static char keys[] = "/tmp/places.keys.XXXXXX", credentials[] = "/tmp/places.cred.XXXXXX";
static char found[256];

static bool look(const struct cli *cli, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    const char *path;
    arena_init(&arena);
    if (!places_secret(cli, &arena, "log.key", &path, err))
        return false;
    snprintf(found, sizeof found, "%s", path);
    return true;
}

/* Runs a command with --keys `folder` (NULL: without), and $CREDENTIALS_DIRECTORY. */
static int find(const char *folder, const char *given)
{
    static const struct cli_option options[] = {{"keys", "DIR", NULL, "keys"}, {0}};
    static const struct cli_command commands[] = {{"find", "", "find", look, NULL}, {0}};
    const struct cli_program program = {
        .name = "places", .help = "", .commands = commands, .common_options = options};
    char words[][256] = {"places", "find", "--keys", ""};
    char *argv[] = {words[0], words[1], words[2], words[3], NULL};
    snprintf(words[3], sizeof words[3], "%s", folder != NULL ? folder : "");
    if (given == NULL)
        unsetenv("CREDENTIALS_DIRECTORY");
    else
        setenv("CREDENTIALS_DIRECTORY", given, 1);
    if (folder == NULL)
        argv[2] = NULL;
    *found = '\0';
    return cli_main(&program, folder == NULL ? 2 : 4, argv);
}

static void put(const char *folder, bool is_there)
{
    char path[300];
    struct error err;
    snprintf(path, sizeof path, "%s/log.key", folder);
    remove(path);
    assert_true(!is_there || file_create(path, 0400, "x", 1, &err));
}

static bool is_in(const char *folder)
{
    size_t size = strlen(folder);
    return strncmp(found, folder, size) == 0 && strcmp(found + size, "/log.key") == 0;
}

static void the_folder_of_keys_comes_first(void **state)
{
    (void)state;
    put(keys, true);
    put(credentials, true);
    assert_int_equal(find(keys, credentials), 0);
    assert_true(is_in(keys));
}

static void what_it_does_not_hold_is_handed_over(void **state)
{
    (void)state;
    put(keys, false);
    put(credentials, true);
    assert_int_equal(find(keys, credentials), 0);
    assert_true(is_in(credentials));
    assert_int_equal(find(NULL, credentials), 0);
    assert_true(is_in(credentials));
}

static void what_is_in_neither_is_missed_where_keys_are_kept(void **state)
{
    (void)state;
    put(keys, false);
    put(credentials, false);
    assert_int_equal(find(keys, credentials), 0);
    assert_true(is_in(keys));
    assert_int_equal(find(NULL, credentials), 0);
    assert_true(is_in(credentials));
}

static void without_credentials_keys_must_be_named(void **state)
{
    (void)state;
    put(keys, true);
    assert_int_equal(find(keys, NULL), 0);
    assert_true(is_in(keys));
    assert_int_equal(find(keys, ""), 0);
    assert_true(is_in(keys));
    assert_int_equal(find(NULL, NULL), 2);
}

static int make_folders(void **state)
{
    (void)state;
    return mkdtemp(keys) == NULL || mkdtemp(credentials) == NULL;
}

static int remove_folders(void **state)
{
    (void)state;
    put(keys, false);
    put(credentials, false);
    return remove(keys) != 0 || remove(credentials) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folder_of_keys_comes_first),
        cmocka_unit_test(what_it_does_not_hold_is_handed_over),
        cmocka_unit_test(what_is_in_neither_is_missed_where_keys_are_kept),
        cmocka_unit_test(without_credentials_keys_must_be_named),
    };
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
