#include "testing.h"

#include "core/tile.h"

static void writes_paths_as_c2sp_does(void **state)
{
    static const struct {
        struct tile tile;
        const char *path;
    } cases[] = {
        {{0, 1234067, 256}, "tile/0/x001/x234/067"},
        {{0, 273, 112}, "tile/0/273.p/112"},
        {{1, 1, 17}, "tile/1/001.p/17"},
        {{2, 0, 1}, "tile/2/000.p/1"},
        {{TILE_ENTRIES, 5, 256}, "tile/entries/005"},
        {{TILE_ENTRIES, 1000, 255}, "tile/entries/x001/000.p/255"},
        {{0, 999, 256}, "tile/0/999"},
        {{7, 0, 256}, "tile/7/000"},
        {{0, UINT64_MAX, 1}, "tile/0/x018/x446/x744/x073/x709/x551/615.p/1"},
    };
    char path[TILE_PATH_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tile tile;

        assert_string_equal(tile_path(&cases[i].tile, path), cases[i].path);
        assert_true(tile_of_path(path, &tile));
        assert_memory_equal(&tile, &cases[i].tile, sizeof(tile));
    }
}

static void reads_only_paths_that_it_writes(void **state)
{
    static const char *const wrong[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/001/",
        "tile/00/001",
        "tile/8/001",
        "tile/-1/001",
        "tile/entries",
        "tile/entries/x",
        "tile/entriesx/001",
        "tile/entries/001.p/0",
        "tile/entries/001.p/256",
        "tile/entries/001.p/007",
        "tile/entries/001.p/",
        "tile/entries/001.p",
        "tile/entries/001.p/7/",
        "tile/entries/x018/x446/x744/x073/x709/x551/616", /* 2^64 */
        "tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
        "/tile/0/001",
    };
    struct tile tile;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(tile_of_path(wrong[i], &tile));
    assert_true(tile_of_path("tile/entries/x018/x446/x744/x073/x709/x551/615", &tile));
    assert_true(tile.number == UINT64_MAX);
}

static void counts_the_hashes_of_each_level(void **state)
{
    (void)state;
    assert_int_equal(tile_level_count(70000, TILE_ENTRIES), 70000);
    assert_int_equal(tile_level_count(70000, 0), 70000);
    assert_int_equal(tile_level_count(70000, 1), 273);
    assert_int_equal(tile_level_count(70000, 2), 1);
    assert_int_equal(tile_level_count(70000, 3), 0);
    assert_true(tile_level_count(UINT64_MAX, 7) == 255);
    assert_true(tile_level_count(UINT64_MAX, 8) == 0);
}

/* Which tiles exist after a growth: level + 1, number → width. */
struct widths {
    unsigned width[4][300];
    struct tile last;
    size_t visits;
};

static bool note_tile(void *context, const struct tile *tile, struct error *err)
{
    struct widths *widths = context;

    (void)err;
    assert_true(tile->level < 3 && tile->number < 300);
    assert_true(tile->width > widths->width[tile->level + 1][tile->number]);
    if (widths->visits++ > 0)
        assert_true(tile->level > widths->last.level ||
                    (tile->level == widths->last.level && tile->number > widths->last.number));
    widths->width[tile->level + 1][tile->number] = tile->width;
    widths->last = *tile;
    return true;
}

/* Growth in steps must leave the tiles that the definition says, and visit none in vain. */
static void visits_exactly_the_tiles_that_a_growth_adds_or_widens(void **state)
{
    struct random random = {21};
    static struct widths widths;
    uint64_t size = 0;
    struct error err;

    (void)state;
    while (size < 70000) {
        uint64_t next = size + random_below(&random, random_below(&random, 5) == 0 ? 9000 : 300);

        widths.visits = 0;
        assert_true(tile_each_new(size, next, note_tile, &widths, &err));
        assert_int_equal(widths.visits > 0, next > size);
        size = next;
        for (int level = TILE_ENTRIES; level < 3; level++) {
            uint64_t count = tile_level_count(size, level);

            for (uint64_t number = 0; number < 300; number++) {
                uint64_t left = count > number * 256 ? count - number * 256 : 0;

                assert_int_equal(widths.width[level + 1][number], left > 256 ? 256 : left);
            }
        }
    }
}

static bool refuse_second(void *context, const struct tile *tile, struct error *err)
{
    int *visits = context;

    (void)tile;
    return ++*visits < 2 || error_set(err, ERROR_SYSTEM, "disk full");
}

static void stops_at_the_first_failure(void **state)
{
    int visits = 0;
    struct error err;

    (void)state;
    assert_refused(tile_each_new(0, 100000, refuse_second, &visits, &err), ERROR_SYSTEM);
    assert_int_equal(visits, 2);
}

static bool count_tile(void *context, const struct tile *tile, struct error *err)
{
    (void)err;
    *(uint64_t *)context += tile->width;
    return true;
}

static void bears_the_largest_sizes(void **state)
{
    uint64_t hashes = 0;
    struct error err;

    (void)state;
    assert_true(tile_each_new(UINT64_MAX - 1, UINT64_MAX, count_tile, &hashes, &err));
    assert_int_equal(hashes, 255 + 255); /* entries and level 0; no level above completed */
    assert_true(tile_each_new(UINT64_MAX, UINT64_MAX, count_tile, &hashes, &err));
    assert_int_equal(hashes, 255 + 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_paths_as_c2sp_does),
        cmocka_unit_test(reads_only_paths_that_it_writes),
        cmocka_unit_test(counts_the_hashes_of_each_level),
        cmocka_unit_test(visits_exactly_the_tiles_that_a_growth_adds_or_widens),
        cmocka_unit_test(stops_at_the_first_failure),
        cmocka_unit_test(bears_the_largest_sizes),
    };

    return run_with_core(tests);
}
