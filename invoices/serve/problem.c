#include "serve/problem.h"

#include <jansson.h>

#include "core/canonical.h"

static const struct {
    unsigned status;
    const char *title;
} titles[] = {
    {400, "Bad Request"},         {401, "Unauthorized"},
    {403, "Forbidden"},           {404, "Not Found"},
    {405, "Method Not Allowed"},  {500, "Internal Server Error"},
    {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"},
};

const char *problem_title(unsigned status)
{
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

/* Text of a stranger's: what is no UTF-8 is left out. */
static json_t *text_json(const char *text)
{
    json_t *value = json_string(text);
    return value != NULL ? value : json_string("");
}

void problem_write(const struct problem *problem, const char *instance, const char *request_id,
                   struct text *out)
{
    struct error ignored;
    CLEANUP(json_release)
    json_t *value = json_pack("{s:s, s:s, s:i, s:s, s:o, s:o, s:s}", "type", "about:blank", "title",
                              problem_title(problem->status), "status", (int)problem->status,
                              "code", problem->code, "detail", text_json(problem->detail),
                              "instance", text_json(instance), "request_id", request_id);
    if (problem->parameter != NULL)
        json_object_set_new(value, "errors",
                            json_pack("[{s:o, s:o}]", "parameter", text_json(problem->parameter),
                                      "message", text_json(problem->detail)));
    if (!canonical_write(value, out, &ignored))
        text_append(out, "{}");
}
