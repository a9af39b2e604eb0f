#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "harness/folder.h"
#include "ledger/archive.h"

static char root[] = "/tmp/daybook-archive-XXXXXX";

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) == NULL ? -1 : 0;
}

static int remove_root(void **state)
{
    (void)state;
    return folder_remove(root);
}

static void shows_files_when_they_are_committed_and_not_before(void **state)
{
    (void)state;
    struct archive archive;
    struct error err;
    assert_true(archive_open(&archive, root, &err));
    assert_true(archive_put(&archive, "public/tile/0/000", 0644, "abc", 3, &err));
    assert_false(archive_has(&archive, "public/tile/0/000"));
    assert_true(archive_commit(&archive, &err));
    assert_true(archive_has(&archive, "public/tile/0/000"));
    archive_close(&archive);
}

static void forgets_what_was_not_committed(void **state)
{
    (void)state;
    struct archive archive;
    struct error err;
    assert_true(archive_open(&archive, root, &err));
    assert_true(archive_put(&archive, "public/tile/0/001", 0644, "abc", 3, &err));
    archive_close(&archive);
    archive.root = root;
    assert_false(archive_has(&archive, "public/tile/0/001"));
    assert_false(archive_has(&archive, "public/tile/0/001.new"));
}

static void replaces_a_file_that_is_there(void **state)
{
    (void)state;
    struct archive archive;
    struct error err;
    struct text CLEANUP(text_release) bytes;
    char path[128];
    text_init(&bytes);
    assert_true(archive_open(&archive, root, &err));
    for (int i = 0; i < 2; i++) {
        assert_true(archive_put(&archive, "private/journal/0-1.ndjson", 0600,
                                i == 0 ? "one" : "two", 3, &err));
        assert_true(archive_commit(&archive, &err));
    }
    snprintf(path, sizeof(path), "%s/private/journal/0-1.ndjson", root);
    assert_true(file_read(path, 100, &bytes, &err));
    assert_string_equal(bytes.data, "two");
    archive_close(&archive);
}

/* More files than are flushed one by one. */
static void commits_many_files_at_once(void **state)
{
    (void)state;
    struct archive archive;
    struct error err;
    char path[64];
    assert_true(archive_open(&archive, root, &err));
    for (int i = 0; i < 100; i++) {
        snprintf(path, sizeof(path), "public/tile/1/%03d", i);
        assert_true(archive_put(&archive, path, 0644, path, strlen(path), &err));
    }
    assert_true(archive_commit(&archive, &err));
    assert_true(archive_has(&archive, "public/tile/1/099"));
    archive_close(&archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_files_when_they_are_committed_and_not_before),
        cmocka_unit_test(forgets_what_was_not_committed),
        cmocka_unit_test(replaces_a_file_that_is_there),
        cmocka_unit_test(commits_many_files_at_once),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
