#include "serve/guard.h"

#include <string.h>
#include <strings.h>

#define PASS ((struct guard_verdict){0, NULL})

static struct guard_verdict bad(const char *detail)
{
    return (struct guard_verdict){400, detail};
}

/* RFC 9110 section 5.6.2. */
static bool is_token(struct slice name)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!alphanumeric && (c == '\0' || strchr(marks, c) == NULL))
            return false;
    }
    return name.size > 0;
}

static bool has_control(struct slice value)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Visible ASCII, whole escapes, and none that decode to a control character; in the path none that
 * decode to a '/', because it would be taken for one. */
static struct guard_verdict check_target(const char *target)
{
    bool in_path = true;
    if (target[0] != '/')
        return bad("the target is not a path");
    for (const char *at = target; *at != '\0'; at++) {
        if (*at < 0x21 || *at > 0x7e)
            return bad("the target has a character that must be escaped");
        in_path = in_path && *at != '?';
        if (*at != '%')
            continue;
        int high = hex_digit(at[1]);
        int low = high < 0 ? -1 : hex_digit(at[2]);
        if (low < 0)
            return bad("the target has a broken escape");
        int decoded = high * 16 + low;
        if (decoded < 0x20 || decoded == 0x7f || (in_path && decoded == '/'))
            return bad("the target has an escape that is not allowed");
    }
    return PASS;
}

static bool is_named(const struct guard_header *header, const char *name)
{
    return header->name.size == strlen(name) &&
           strncasecmp(header->name.data, name, header->name.size) == 0;
}

static size_t count(const struct guard_request *request, const char *name)
{
    size_t found = 0;
    for (size_t i = 0; i < request->header_count; i++)
        found += is_named(&request->headers[i], name);
    return found;
}

static struct guard_verdict check_headers(const struct guard_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct guard_header *header = &request->headers[i];
        if (!is_token(header->name))
            return bad("a header's name is malformed");
        if (has_control(header->value))
            return bad("a header's value has a control character");
        if (is_named(header, "Content-Length") && !slice_equals(header->value, "0"))
            return bad("a request to read has no body");
    }
    if (count(request, "Transfer-Encoding") > 0)
        return bad("a request to read has no body");
    if (count(request, "Host") > 1 || count(request, "Content-Length") > 1)
        return bad("Host or Content-Length is given twice");
    if (count(request, "Authorization") > 1)
        return bad("Authorization is given twice");
    return PASS;
}

struct guard_verdict guard_check(const struct guard_request *request)
{
    if (strcmp(request->version, "HTTP/1.1") != 0 && strcmp(request->version, "HTTP/1.0") != 0)
        return (struct guard_verdict){505, "this server speaks HTTP/1.1"};
    if (!is_token(slice_of(request->method)))
        return bad("the method is malformed");
    if (strcmp(request->version, "HTTP/1.1") == 0 && count(request, "Host") == 0)
        return bad("there is no Host");
    struct guard_verdict target = check_target(request->target);
    return target.status != 0 ? target : check_headers(request);
}
