#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[] = "/tmp/file_test.XXXXXX";
static char path[sizeof folder + 16];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[sizeof folder + 16];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static size_t files_in_folder(void)
{
    size_t count = 0;
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(stream);
    return count;
}

static void writes_and_reads_whole_files(void **state)
{
    (void)state;
    struct error err = {0};
    struct text text;
    struct stat status;
    char bytes[100000];
    memset(bytes, 'x', sizeof bytes);
    assert_true(file_write_atomic(path, 0640, bytes, sizeof bytes, &err));
    text_init(&text);
    text_append(&text, "before ");
    assert_true(file_read(path, sizeof bytes, &text, &err));
    assert_int_equal(text.size, 7 + sizeof bytes);
    assert_memory_equal(text.data + 7, bytes, sizeof bytes);
    assert_true(file_write_atomic(path, 0600, "new", 3, &err));
    text_clear(&text);
    assert_true(file_read(path, 3, &text, &err));
    assert_string_equal(text.data, "new");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(file_write_atomic(path, 0600, NULL, 0, &err));
    text_clear(&text);
    assert_true(file_read(path, 0, &text, &err));
    assert_int_equal(text.size, 0);
    assert_int_equal(files_in_folder(), 1);
    text_release(&text);
}

static void refuses_more_than_it_was_told_to_take_and_leaves_the_text_alone(void **state)
{
    (void)state;
    struct error err = {0};
    struct text text;
    text_init(&text);
    text_append(&text, "before");
    assert_true(file_write_atomic(path, 0600, "1234", 4, &err));
    assert_false(file_read(path, 3, &text, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_string_equal(text.data, "before");
    assert_false(file_read(folder, 100, &text, &err));
    assert_int_equal(err.code, ERROR_SYSTEM);
    assert_string_equal(text.data, "before");
    text_release(&text);
}

static void says_that_a_file_is_not_there(void **state)
{
    (void)state;
    struct error err = {0};
    struct text text;
    text_init(&text);
    assert_false(file_read("/nowhere/at/all", 100, &text, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_string_equal(err.message, "cannot open '/nowhere/at/all': No such file or directory");
    assert_string_equal(text.data, "");
    assert_false(file_exists("/nowhere/at/all"));
    assert_true(file_exists(folder));
    assert_false(file_write_atomic("/nowhere/at/all", 0600, "x", 1, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

static void creates_a_file_only_once(void **state)
{
    (void)state;
    struct error err = {0};
    struct text text;
    text_init(&text);
    (void)unlink(path);
    assert_true(file_create(path, 0600, "key", 3, &err));
    assert_false(file_create(path, 0600, "other", 5, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_true(file_read(path, 100, &text, &err));
    assert_string_equal(text.data, "key");
    assert_int_equal(files_in_folder(), 1);
    text_release(&text);
}

static void makes_all_folders_of_a_path(void **state)
{
    (void)state;
    struct error err = {0};
    char deep[sizeof path + 16];
    (void)snprintf(deep, sizeof deep, "%s/a/b//c/", folder);
    assert_true(file_make_folders(deep, 0700, &err));
    assert_true(file_make_folders(deep, 0700, &err));
    assert_true(file_exists(deep));
    assert_true(file_write_atomic(path, 0600, "x", 1, &err));
    (void)snprintf(deep, sizeof deep, "%s/d", path);
    assert_false(file_make_folders(deep, 0700, &err));
    assert_int_equal(err.code, ERROR_SYSTEM);
}

static void a_name_without_a_folder_is_in_the_current_one(void **state)
{
    (void)state;
    struct error err = {0};
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    assert_true(file_write_atomic("local", 0600, "x", 1, &err));
    assert_true(file_exists("local"));
    assert_int_equal(chdir(before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_whole_files),
        cmocka_unit_test(refuses_more_than_it_was_told_to_take_and_leaves_the_text_alone),
        cmocka_unit_test(says_that_a_file_is_not_there),
        cmocka_unit_test(creates_a_file_only_once),
        cmocka_unit_test(makes_all_folders_of_a_path),
        cmocka_unit_test(a_name_without_a_folder_is_in_the_current_one),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
