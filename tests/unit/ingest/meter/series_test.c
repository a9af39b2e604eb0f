#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/series.h"
#include "meter/series.h"

static const unsigned char key[16] = "0123456789abcde";

static const struct catalog_dimension dimensions[] = {{.name = {"sku", 3}}, {.name = {"zone", 4}}};
static const struct catalog_dimension labels[] = {{.name = {"team", 4}}, {.name = {"app", 3}}};

static struct catalog_meter meter_with_labels(void)
{
    return (struct catalog_meter){
        .meter = slice_of("m"),
        .unit = slice_of("u"),
        .aggregation = AGGREGATION_SUM,
        .dimensions = dimensions,
        .dimension_count = 2,
        .labels = labels,
        .label_count = 2,
    };
}

#define VALUE(text) ((struct slice){text, sizeof(text) - 1})
#define ABSENT ((struct slice){NULL, 0})

static const struct series_ref *find(struct series_cache *cache, const struct catalog_meter *meter,
                                     struct slice sku, struct slice zone, struct slice team,
                                     struct slice app)
{
    const struct series_ref *ref = NULL;
    struct error err = {0};
    struct slice values[] = {sku, zone, team, app};
    if (!series_find(cache, meter, values, 4, &ref, &err))
        fail_msg("%s", err.message);
    return ref;
}

static void names_a_series_by_the_hash_of_its_descriptor(void **state)
{
    (void)state;
    struct series_cache *cache = series_cache_make(key);
    struct catalog_meter meter = meter_with_labels();
    const struct series_ref *ref =
        find(cache, &meter, VALUE("h100"), ABSENT, VALUE("red"), VALUE(""));
    struct digest digest = digest_of(ref->descriptor.data, ref->descriptor.size);
    struct series series;
    struct error err;
    assert_true(digest_equals(&digest, &ref->series));
    assert_true(series_decode(ref->descriptor.data, ref->descriptor.size, &series, &err));
    assert_true(slice_equals(series.meter, "m") && slice_equals(series.unit, "u"));
    assert_int_equal(series.dimension_count, 3);
    assert_true(slice_equals(series_dimension(&series, "sku"), "h100"));
    assert_true(slice_equals(series_dimension(&series, "team"), "red"));
    assert_null(series_dimension(&series, "zone").data);
    series_cache_release(cache);
}

static void remembers_a_series_and_tells_absent_from_empty(void **state)
{
    (void)state;
    struct series_cache *cache = series_cache_make(key);
    struct catalog_meter meter = meter_with_labels();
    const struct series_ref *ref = find(cache, &meter, VALUE("a"), ABSENT, ABSENT, ABSENT);
    assert_ptr_equal(ref, find(cache, &meter, VALUE("a"), ABSENT, ABSENT, ABSENT));
    assert_ptr_not_equal(ref, find(cache, &meter, VALUE("a"), VALUE(""), ABSENT, ABSENT));
    assert_ptr_not_equal(ref, find(cache, &meter, ABSENT, VALUE("a"), ABSENT, ABSENT));
    meter.index = 1;
    meter.meter = slice_of("other_meter");
    assert_ptr_not_equal(ref, find(cache, &meter, VALUE("a"), ABSENT, ABSENT, ABSENT));
    series_cache_release(cache);
}

static void replaces_labels_by_other_when_a_tenant_is_at_its_cap(void **state)
{
    (void)state;
    struct series_cache *cache = series_cache_make(key);
    struct catalog_meter meter = meter_with_labels();
    const struct series_ref *red = find(cache, &meter, VALUE("a"), ABSENT, VALUE("red"), ABSENT);
    const struct series_ref *blue = find(cache, &meter, VALUE("a"), ABSENT, ABSENT, VALUE("blue"));
    const struct series_ref *sku = find(cache, &meter, VALUE("b"), ABSENT, VALUE("red"), ABSENT);
    assert_ptr_equal(red->other, blue->other);
    assert_ptr_not_equal(red->other, sku->other);
    assert_null(red->other->other);
    assert_ptr_equal(series_cap(red, false, 9, 10), red);
    assert_ptr_equal(series_cap(red, false, 10, 10), red->other);
    assert_ptr_equal(series_cap(red, false, 11, 10), red->other);
    assert_ptr_equal(series_cap(red, true, 11, 10), red);
    assert_ptr_equal(series_cap(red->other, false, 11, 10), red->other);
    struct series series;
    struct error err;
    assert_true(
        series_decode(red->other->descriptor.data, red->other->descriptor.size, &series, &err));
    assert_true(slice_equals(series_dimension(&series, "sku"), "a"));
    assert_true(slice_equals(series_dimension(&series, "team"), SERIES_OTHER));
    assert_true(slice_equals(series_dimension(&series, "app"), SERIES_OTHER));
    series_cache_release(cache);
}

static void has_no_other_for_a_meter_without_labels(void **state)
{
    (void)state;
    struct series_cache *cache = series_cache_make(key);
    struct catalog_meter meter = meter_with_labels();
    const struct series_ref *ref = NULL;
    struct error err;
    struct slice values[] = {VALUE("a"), VALUE("b")};
    meter.label_count = 0;
    assert_true(series_find(cache, &meter, values, 2, &ref, &err));
    assert_null(ref->other);
    assert_ptr_equal(series_cap(ref, false, 99, 10), ref);
    series_cache_release(cache);
}

static void keeps_references_while_it_grows_and_forgets_when_trimmed(void **state)
{
    (void)state;
    struct series_cache *cache = series_cache_make(key);
    struct catalog_meter meter = meter_with_labels();
    static const struct series_ref *refs[5000];
    char value[5000][8];
    for (size_t i = 0; i < COUNT_OF(refs); i++) {
        (void)snprintf(value[i], sizeof(value[i]), "v%zu", i);
        refs[i] = find(cache, &meter, slice_of(value[i]), ABSENT, VALUE("other"), VALUE("other"));
    }
    for (size_t i = 0; i < COUNT_OF(refs); i++)
        assert_ptr_equal(refs[i], find(cache, &meter, slice_of(value[i]), ABSENT, VALUE("other"),
                                       VALUE("other")));
    assert_int_equal(series_cache_count(cache), COUNT_OF(refs));
    series_cache_trim(cache, COUNT_OF(refs));
    assert_int_equal(series_cache_count(cache), COUNT_OF(refs));
    series_cache_trim(cache, COUNT_OF(refs) - 1);
    assert_int_equal(series_cache_count(cache), 0);
    series_cache_release(cache);
}

static void refuses_a_descriptor_that_is_too_long(void **state)
{
    (void)state;
    static char many[SERIES_DESCRIPTOR_SIZE_MAX + 1];
    struct series_cache *cache = series_cache_make(key);
    struct catalog_meter meter = meter_with_labels();
    const struct series_ref *ref = NULL;
    struct error err;
    memset(many, 'x', sizeof(many));
    for (size_t size = SERIES_DESCRIPTOR_SIZE_MAX - 20; size < sizeof(many); size++) {
        struct slice values[] = {{many, size}, ABSENT, ABSENT, ABSENT};
        assert_false(series_find(cache, &meter, values, 4, &ref, &err));
        assert_int_equal(err.code, ERROR_INPUT);
    }
    assert_null(ref);
    series_cache_release(cache);
}

static void finds_the_series_of_classes_that_it_finds_one_by_one(void **state)
{
    (void)state;
    static const struct catalog_class classes[] = {{{"input", 5}, 0}, {{"output", 6}, 0}};
    struct series_cache *cache = series_cache_make(key);
    struct catalog_meter meter = meter_with_labels();
    struct error err;
    meter.quantity.kind = QUANTITY_CLASSES;
    meter.quantity.class_count = COUNT_OF(classes);
    meter.quantity.classes = classes;
    for (int round = 0; round < 2; round++) {
        struct slice values[] = {VALUE("h100"), ABSENT, VALUE("red"), VALUE(""), ABSENT};
        struct series_classes *found = series_classes_find(cache, &meter, values, 4);
        assert_non_null(found);
        for (size_t i = 0; i < COUNT_OF(classes); i++) {
            const struct series_ref *one = NULL;
            const struct series_ref *of_class = NULL;
            values[4] = classes[i].value;
            assert_true(series_of_class(cache, found, &meter, values, 5, i, &of_class, &err));
            assert_true(series_find(cache, &meter, values, 5, &one, &err));
            assert_ptr_equal(one, of_class);
        }
        values[2] = VALUE("blue");
        assert_ptr_not_equal(series_classes_find(cache, &meter, values, 4), found);
    }
    series_cache_release(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_a_series_by_the_hash_of_its_descriptor),
        cmocka_unit_test(remembers_a_series_and_tells_absent_from_empty),
        cmocka_unit_test(replaces_labels_by_other_when_a_tenant_is_at_its_cap),
        cmocka_unit_test(has_no_other_for_a_meter_without_labels),
        cmocka_unit_test(keeps_references_while_it_grows_and_forgets_when_trimmed),
        cmocka_unit_test(refuses_a_descriptor_that_is_too_long),
        cmocka_unit_test(finds_the_series_of_classes_that_it_finds_one_by_one),
    };
    core_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
