/*
 * Events in one pass: each byte is looked at once, nothing is allocated, texts are views.
 *
 * Every function takes where it stands and returns where it stopped, or NULL: unusual. It never
 * reads at or behind `end`.
 *
 * Invariants
 *   1. What is not NULL at the end is RFC 8259 in UTF-8, by the grammar that scan.h says.
 *   2. A member that a pointer leads to is marked in `seen`, every other one is in `strangers`
 * while its object lasts: so no name stands twice in an object.
 */
#include "meter/scan_parts.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define NODES_MAX 1024    /* of a plan that is read here */
#define STRANGERS_MAX 128 /* unknown members of all objects that are open */
#define DIGITS_MAX 18     /* always fit an int64 */

struct stranger {
    const char *name;
    size_t size;
    uint64_t head;
};

struct scanner {
    const char *end;
    struct scan_field *fields;
    struct scan_field nowhere; /* for values that nobody asked for */
    size_t depth;
    size_t stranger_count;
    bool seen[NODES_MAX]; /* nodes of the plan whose member was there */
    struct stranger strangers[STRANGERS_MAX];
};

static inline const char *skip_space(const char *at, const char *end)
{
    if (at < end && (unsigned char)*at > ' ')
        return at;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

/* --------------------------------------------------------------------------------------- strings
 */

static bool is_control(char c)
{
    return (unsigned char)c < 0x20;
}

/* The rest of a string from its first byte beyond ASCII on. */
static const char *end_of_utf8(const char *at, const char *end)
{
    const char *first = at;
    while (at < end && *at != '"') {
        if (*at == '\\' || is_control(*at))
            return NULL;
        at++;
    }
    return at < end && utf8_is_valid(first, (size_t)(at - first)) ? at : NULL;
}

/* Where the closing quote of the string is that begins at `at`. */
static inline const char *end_of_string(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i escape = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* signed: what is beyond ASCII is less than a space, like controls */
        __m128i stops =
            _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, escape)));
        unsigned mask = (unsigned)_mm_movemask_epi8(stops);
        if (mask == 0)
            continue;
        at += __builtin_ctz(mask);
        return *at == '"' ? at : *at & 0x80 ? end_of_utf8(at, end) : NULL;
    }
#endif
    for (; at < end; at++) {
        if (*at == '"')
            return at;
        if (*at & 0x80)
            return end_of_utf8(at, end);
        if (*at == '\\' || is_control(*at))
            return NULL;
    }
    return NULL;
}

/* scan_head() by one load where there are bytes enough. */
static uint64_t head_of(const char *name, size_t size, const char *end)
{
    uint64_t head;
    if (size == 0 || end - name < (ptrdiff_t)sizeof head)
        return scan_head(name, size);
    memcpy(&head, name, sizeof head);
    if (size >= sizeof head)
        return head;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return head & (UINT64_MAX >> (64 - 8 * size));
#else
    return head & (UINT64_MAX << (64 - 8 * size));
#endif
}

/* ---------------------------------------------------------------------------------------- values
 */

/* Whole numbers; what follows that cannot follow one is left to whoever goes on. */
static const char *read_number(const char *at, const char *end, struct scan_field *out)
{
    const char *first = at;
    bool is_negative = *at == '-';
    at += is_negative;
    const char *digits = at;
    uint64_t number = 0;
    for (; at < end && (unsigned char)(*at - '0') < 10 && at - digits <= DIGITS_MAX; at++)
        number = number * 10 + (uint64_t)(*at - '0');
    if (at == digits || at - digits > DIGITS_MAX ||
        (*digits == '0' && (at - digits > 1 || is_negative)))
        return NULL;
    out->kind = SCAN_INTEGER;
    out->integer = is_negative ? -(int64_t)number : (int64_t)number;
    out->text = (struct slice){first, (size_t)(at - first)};
    return at;
}

static const char *read_word(const char *at, const char *end, const char *word, size_t size,
                             enum scan_kind kind, struct scan_field *out)
{
    if ((size_t)(end - at) < size || memcmp(at, word, size) != 0)
        return NULL;
    out->kind = kind;
    return at + size;
}

static const char *read_members(struct scanner *scanner, const char *at,
                                const struct scan_node *node);
static const char *read_elements(struct scanner *scanner, const char *at);

/* An object or an array. */
static const char *read_inside(struct scanner *scanner, const char *at,
                               const struct scan_node *node, struct scan_field *out)
{
    bool is_object = *at == '{';
    if (scanner->depth == SCAN_DEPTH_MAX)
        return NULL;
    out->kind = is_object ? SCAN_OBJECT : SCAN_ARRAY;
    scanner->depth++;
    at = is_object ? read_members(scanner, at + 1, node) : read_elements(scanner, at + 1);
    scanner->depth--;
    return at;
}

/* The value at `at`, white space before it gone; `node` is its member's, or NULL. */
static const char *read_value(struct scanner *scanner, const char *at, const struct scan_node *node)
{
    struct scan_field *field = node != NULL && node->field != SCAN_NO_FIELD
                                   ? &scanner->fields[node->field]
                                   : &scanner->nowhere;
    const char *end = scanner->end;
    if (at == end)
        return NULL;
    switch (*at) {
    case '"': {
        const char *close = end_of_string(at + 1, end);
        if (close == NULL)
            return NULL;
        field->kind = SCAN_STRING;
        field->text = (struct slice){at + 1, (size_t)(close - at - 1)};
        return close + 1;
    }
    case '{':
    case '[': return read_inside(scanner, at, node, field);
    case 't': return read_word(at, end, "true", 4, SCAN_TRUE, field);
    case 'f': return read_word(at, end, "false", 5, SCAN_FALSE, field);
    case 'n': return read_word(at, end, "null", 4, SCAN_NULL, field);
    default: return read_number(at, end, field);
    }
}

/* --------------------------------------------------------------------------------------- members
 */

/* False: it stands twice in its object, or there are too many strangers. */
static bool remember_stranger(struct scanner *scanner, size_t first, struct slice name,
                              uint64_t head)
{
    for (size_t i = first; i < scanner->stranger_count; i++) {
        const struct stranger *other = &scanner->strangers[i];
        if (other->head == head && other->size == name.size &&
            memcmp(other->name, name.data, name.size) == 0)
            return false;
    }
    if (scanner->stranger_count == STRANGERS_MAX)
        return false;
    scanner->strangers[scanner->stranger_count++] = (struct stranger){name.data, name.size, head};
    return true;
}

/* False: the member was there before. */
static bool mark_seen(struct scanner *scanner, const struct scan_node *node)
{
    bool is_new = !scanner->seen[node->number];
    scanner->seen[node->number] = true;
    return is_new;
}

/* Whether the node's member begins here, as literally as it nearly always does. */
static inline bool begins(const char *at, const char *end, const struct scan_node *node)
{
    if (node == NULL || node->literal.size == 0 || end - at < SCAN_LITERAL_SIZE)
        return false;
#ifdef __SSE2__
    const __m128i *here = (const __m128i *)(const void *)at;
    const __m128i *wanted = (const __m128i *)(const void *)node->literal.bytes;
    __m128i first = _mm_cmpeq_epi8(_mm_loadu_si128(here), _mm_loadu_si128(wanted));
    __m128i last = _mm_cmpeq_epi8(_mm_loadu_si128(here + 1), _mm_loadu_si128(wanted + 1));
    uint32_t same = (uint32_t)_mm_movemask_epi8(first) | (uint32_t)_mm_movemask_epi8(last) << 16;
    return (~same & node->literal.mask) == 0;
#else
    return memcmp(at, node->literal.bytes, node->literal.size) == 0;
#endif
}

/* The members of an object that is being read. */
struct members {
    const struct scan_node *node;             /* of the object, or NULL */
    size_t first;                             /* of its strangers */
    _Atomic(const struct scan_node *) *guess; /* what comes next; NULL: nothing is known */
};

/* A member's name and colon, whatever they are; its node, or NULL for a stranger. */
static const char *read_name(struct scanner *scanner, const char *at, const struct members *members,
                             const struct scan_node **out)
{
    const char *end = scanner->end;
    if (at == end || *at != '"')
        return NULL;
    const char *close = end_of_string(at + 1, end);
    if (close == NULL)
        return NULL;
    struct slice name = {at + 1, (size_t)(close - at - 1)};
    uint64_t head = head_of(name.data, name.size, end);
    const struct scan_node *child =
        members->node == NULL ? NULL : scan_child(members->node, name, head);
    if (child == NULL && !remember_stranger(scanner, members->first, name, head))
        return NULL;
    at = skip_space(close + 1, end);
    if (at == end || *at != ':')
        return NULL;
    *out = child;
    return at + 1;
}

static const char *read_member(struct scanner *scanner, const char *at, struct members *members)
{
    const struct scan_node *child =
        members->guess ? atomic_load_explicit(members->guess, memory_order_relaxed) : NULL;
    if (begins(at, scanner->end, child)) {
        at += child->literal.size;
    } else {
        at = read_name(scanner, at, members, &child);
        if (at == NULL)
            return NULL;
        if (child != NULL)
            atomic_store_explicit(members->guess, child, memory_order_relaxed);
    }
    if (child != NULL) {
        if (!mark_seen(scanner, child))
            return NULL;
        members->guess = &child->guess->behind;
    }
    return read_value(scanner, skip_space(at, scanner->end), child);
}

/* From behind the opening bracket to behind the closing one. */
static const char *read_members(struct scanner *scanner, const char *at,
                                const struct scan_node *node)
{
    const char *end = scanner->end;
    struct members members = {node, scanner->stranger_count,
                              node != NULL ? &node->guess->inside : NULL};
    at = skip_space(at, end);
    if (at < end && *at == '}')
        return at + 1;
    for (;;) {
        at = read_member(scanner, at, &members);
        if (at == NULL)
            return NULL;
        at = skip_space(at, end);
        if (at == end || (*at != ',' && *at != '}'))
            return NULL;
        if (*at == '}')
            break;
        at = skip_space(at + 1, end);
    }
    scanner->stranger_count = members.first;
    return at + 1;
}

static const char *read_elements(struct scanner *scanner, const char *at)
{
    const char *end = scanner->end;
    at = skip_space(at, end);
    if (at < end && *at == ']')
        return at + 1;
    for (;;) {
        at = read_value(scanner, at, NULL);
        if (at == NULL)
            return NULL;
        at = skip_space(at, end);
        if (at == end || (*at != ',' && *at != ']'))
            return NULL;
        if (*at == ']')
            return at + 1;
        at = skip_space(at + 1, end);
    }
}

bool scan_fast(const struct scan_plan *plan, enum scan_root root, struct slice bytes,
               struct scan_field *out_fields)
{
    struct scanner scanner;
    const char *end = bytes.data + bytes.size;
    if (bytes.size == 0 || plan->node_count > NODES_MAX)
        return false;
    scanner.end = end;
    scanner.fields = out_fields;
    scanner.depth = 0;
    scanner.stranger_count = 0;
    memset(scanner.seen, 0, plan->node_count * sizeof *scanner.seen);
    memset(out_fields, 0, plan->field_count * sizeof *out_fields);
    const char *at = skip_space(bytes.data, end);
    if (at == end || *at != '{')
        return false;
    at = read_value(&scanner, at, root == SCAN_ROOT_EVENT ? &plan->root : plan->data);
    return at != NULL && skip_space(at, end) == end;
}
