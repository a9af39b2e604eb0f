/* The registry: tenants and API keys. */
#include "database.h"

#include "store/tenants.h"
#include "store/tokens.h"

static struct arena arena;

static const struct tenant acme = {
    .number = 1, .id = "acme", .name = "Acme", .zone = "UTC", .slot = 9, .grid_seconds = 3600};

static void a_tenant_is_found_by_id_and_by_number(void **state)
{
    struct tenant tenant;
    (void)state;
    must(tenant_put(store, &acme, &test_error));
    must(tenant_find(store, 0, "acme", &arena, &tenant, &test_error));
    assert_int_equal(tenant.number, 1);
    must(tenant_find_number(store, 1, &arena, &tenant, &test_error));
    assert_string_equal(tenant.id, "acme");
    assert_int_equal(tenant.slot, 9);
    assert_int_equal(tenant.grid_seconds, 3600);
    must_fail(ERROR_NOT_FOUND, tenant_find(store, 0, "Acme", &arena, &tenant, &test_error));
    must_fail(ERROR_NOT_FOUND, tenant_find_number(store, 2, &arena, &tenant, &test_error));
}

static void only_name_and_zone_may_change(void **state)
{
    struct tenant tenant, changed = acme;
    (void)state;
    changed.name = "Acme Ltd";
    must(tenant_put(store, &changed, &test_error));
    must(tenant_find_number(store, 1, &arena, &tenant, &test_error));
    assert_string_equal(tenant.name, "Acme Ltd");

    changed = acme;
    changed.slot = 10;
    must_fail(ERROR_CONFLICT, tenant_put(store, &changed, &test_error));
    changed = acme;
    changed.id = "other";
    must_fail(ERROR_CONFLICT, tenant_put(store, &changed, &test_error));
    changed = acme;
    changed.number = 2;
    must_fail(ERROR_CONFLICT, tenant_put(store, &changed, &test_error));
}

static void a_number_holds_its_log(void **state)
{
    struct tenant far = acme;
    (void)state;
    far.number = TENANT_NUMBER(3, 5);
    far.log = 3;
    far.id = "far";
    assert_int_equal(TENANT_LOG(far.number), 3);
    must(tenant_put(store, &far, &test_error));
}

static bool count_tenant(void *context, const struct tenant *tenant, struct error *err)
{
    (void)tenant;
    (void)err;
    ++*(int *)context;
    return true;
}

static void the_tenants_of_a_log_are_listed(void **state)
{
    int count = 0;
    (void)state;
    must(tenants_each(store, 0, count_tenant, &count, &test_error));
    assert_int_equal(count, 1);
}

static const uint64_t token_tenants[] = {1, 2};
static const char *const token_scopes[] = {"usage:read", "invoices:read"};

static void a_token_is_kept_as_a_hash_and_revoked_for_good(void **state)
{
    struct token token = {.token_id = "k1",
                          .name = "Acme's dashboard",
                          .tenant_count = 2,
                          .tenants = token_tenants,
                          .scope_count = 2,
                          .scopes = token_scopes,
                          .expires_at_us = INT64_MAX};
    struct token read;
    int64_t revoked_at_us;
    (void)state;

    token.hash = digest_of("secret", 6);
    must(token_insert(store, 0, &token, &test_error));
    must_fail(ERROR_CONFLICT, token_insert(store, 0, &token, &test_error));
    must(token_find(store, 0, "k1", &arena, &read, &test_error));
    assert_true(digest_equals(&read.hash, &token.hash));
    assert_int_equal(read.tenant_count, 2);
    assert_int_equal(read.tenants[1], 2);
    assert_int_equal(read.scope_count, 2);
    assert_string_equal(read.scopes[1], "invoices:read");
    assert_true(read.expires_at_us == INT64_MAX && read.revoked_at_us == INT64_MAX);

    must(token_revoke(store, 0, "k1", &test_error));
    must(token_find(store, 0, "k1", &arena, &read, &test_error));
    revoked_at_us = read.revoked_at_us;
    assert_true(revoked_at_us < INT64_MAX);
    must(token_revoke(store, 0, "k1", &test_error));
    must(token_find(store, 0, "k1", &arena, &read, &test_error));
    assert_true(read.revoked_at_us == revoked_at_us);
    must_fail(ERROR_NOT_FOUND, token_revoke(store, 0, "k2", &test_error));
    must_fail(ERROR_NOT_FOUND, token_find(store, 0, "k2", &arena, &read, &test_error));
}

static bool count_token(void *context, const struct token *token, struct error *err)
{
    (void)err;
    assert_string_equal(token->scopes[0], "usage:read");
    ++*(int *)context;
    return true;
}

static void tokens_are_listed_with_an_end_where_they_have_one(void **state)
{
    struct token token = {.token_id = "k3",
                          .name = "short",
                          .scope_count = 1,
                          .scopes = token_scopes,
                          .expires_at_us = 1000000};
    struct token read;
    int count = 0;
    (void)state;
    must(token_insert(store, 0, &token, &test_error));
    must(token_find(store, 0, "k3", &arena, &read, &test_error));
    assert_true(read.expires_at_us == 1000000 && read.tenant_count == 0);
    must(tokens_each(store, 0, count_token, &count, &test_error));
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenant_is_found_by_id_and_by_number),
        cmocka_unit_test(only_name_and_zone_may_change),
        cmocka_unit_test(a_number_holds_its_log),
        cmocka_unit_test(the_tenants_of_a_log_are_listed),
        cmocka_unit_test(a_token_is_kept_as_a_hash_and_revoked_for_good),
        cmocka_unit_test(tokens_are_listed_with_an_end_where_they_have_one),
    };
    arena_init(&arena);
    int failed = cmocka_run_group_tests(tests, database_open, database_close);
    arena_release(&arena);
    return failed;
}
