#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/canonical.h"
#include "invoices/render/text.h"

static const char small_document[] =
    "{\"document\":\"invoice\",\"number\":\"DE-2026-000002\","
    "\"seller\":{\"name\":\"Seller GmbH\",\"address\":[\"Street 1\"],\"vat_id\":\"DE1\"},"
    "\"customer\":{\"name\":\"Customer BV\",\"address\":[]},"
    "\"period\":{\"from\":\"2026-09-30T22:00:00Z\",\"to\":\"2026-10-31T23:00:00Z\","
    "\"zone\":\"Europe/Berlin\"},\"issue_date\":\"2026-11-05\",\"due_date\":\"2026-12-05\","
    "\"currency\":\"EUR\",\"lines\":[{\"description\":\"H100\",\"line_by\":{\"project\":\"a\","
    "\"sku\":null},\"quantity\":\"8\",\"unit\":\"GPU-hour\",\"amount\":\"19.92\"}],"
    "\"adjustments\":[{\"original\":\"DE-2026-000001\",\"lines\":[{\"description\":\"H100\","
    "\"quantity\":\"7\",\"unit\":\"GPU-hour\",\"amount\":\"17.43\"}]}],"
    "\"taxes\":[{\"category\":\"standard\",\"rate\":\"19\",\"net\":\"37.35\",\"tax\":\"7.10\"}],"
    "\"net\":\"37.35\",\"tax\":\"7.10\",\"total\":\"44.45\","
    "\"cut\":[{\"origin\":\"example/log\",\"size\":133,\"root\":\"ff\"}]}";

static void render(const char *content, struct text *out)
{
    struct error err;
    CLEANUP(json_release) json_t *json = NULL;
    text_init(out);
    assert_true(canonical_parse(content, strlen(content), "test", &json, &err));
    render_text(json, out);
}

static void an_invoice_says_who_pays_whom_what_and_when(void **state)
{
    struct text CLEANUP(text_release) text;
    (void)state;
    render(small_document, &text);
    assert_true(text_starts_with(text.data, "Invoice DE-2026-000002\n"));
    assert_non_null(strstr(text.data, "Seller GmbH"));
    assert_non_null(strstr(text.data, "VAT DE1"));
    assert_non_null(strstr(text.data, "Customer BV"));
    assert_non_null(strstr(text.data, "2026-11-05, due 2026-12-05"));
    assert_non_null(strstr(text.data, "44.45 EUR"));
}

static void a_line_names_the_values_that_it_is_split_by(void **state)
{
    struct text CLEANUP(text_release) text;
    (void)state;
    render(small_document, &text);
    assert_non_null(strstr(text.data, "H100 [project=a] "));
}

static void late_usage_names_the_original(void **state)
{
    struct text CLEANUP(text_release) text;
    (void)state;
    render(small_document, &text);
    assert_non_null(strstr(text.data, "Late usage of DE-2026-000001\n"));
    assert_non_null(strstr(text.data, "17.43"));
}

static void a_credit_note_says_so(void **state)
{
    struct text CLEANUP(text_release) text;
    (void)state;
    render("{\"document\":\"credit_note\",\"number\":\"X-1\"}", &text);
    assert_true(text_starts_with(text.data, "Credit note X-1\n"));
}

int main(void)
{
    core_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invoice_says_who_pays_whom_what_and_when),
        cmocka_unit_test(a_line_names_the_values_that_it_is_split_by),
        cmocka_unit_test(late_usage_names_the_original),
        cmocka_unit_test(a_credit_note_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
