#include "serve/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/canonical.h"

bool call_refuse(struct call *call, unsigned status, const char *code, const char *parameter,
                 const char *format, ...)
{
    va_list arguments;
    call->problem = (struct problem){.status = status, .code = code, .parameter = parameter};
    va_start(arguments, format);
    vsnprintf(call->problem.detail, sizeof call->problem.detail, format, arguments);
    va_end(arguments);
    return false;
}

const char *call_parameter(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->parameter_count; i++)
        if (strcmp(call->parameters[i].name, name) == 0)
            return call->parameters[i].value.data;
    return NULL;
}

uint64_t *call_tenant_numbers(struct call *call)
{
    uint64_t *numbers = arena_array(&call->arena, call->tenant_count + 1, sizeof *numbers);
    for (size_t i = 0; i < call->tenant_count; i++)
        numbers[i] = call->tenants[i].number;
    return numbers;
}

const struct read_tenant *call_tenant(const struct call *call, uint64_t number)
{
    for (size_t i = 0; i < call->tenant_count; i++)
        if (call->tenants[i].number == number)
            return &call->tenants[i];
    return NULL;
}

bool call_answer_json(struct call *call, json_t *value, struct error *err)
{
    bool written = canonical_write(value, &call->answer.body, err);
    json_decref(value);
    call->answer.status = 200;
    call->answer.content_type = "application/json";
    return written;
}

/* Whether If-None-Match has the tag in its list; W/ makes no difference (RFC 9110 13.1.2). */
static bool is_known(const char *header, const char *etag)
{
    return header != NULL && (strcmp(header, "*") == 0 || strstr(header, etag) != NULL);
}

bool call_answer_immutable(struct call *call, struct slice bytes, const struct digest *hash)
{
    char hex[DIGEST_HEX_SIZE];
    snprintf(call->answer.etag, sizeof call->answer.etag, "\"%s\"", digest_hex(hash, hex));
    call->answer.cache_control = "private, max-age=31536000, immutable";
    call->answer.content_type = "application/json";
    call->answer.status = is_known(call->if_none_match, call->answer.etag) ? 304 : 200;
    if (call->answer.status == 200)
        text_append_n(&call->answer.body, bytes.data, bytes.size);
    return true;
}
