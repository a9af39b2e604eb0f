#include "base/listen.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/number.h"

bool listen_resolve(const char *listen, struct addrinfo **out, struct error *err)
{
    char host[256];
    const char *colon = strrchr(listen, ':');
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    if (colon == NULL || colon == listen || (size_t)(colon - listen) >= sizeof host)
        return error_set(err, ERROR_INPUT, "--listen '%s' is not ADDRESS:PORT", listen);
    uint64_t port; /* getaddrinfo() takes 65616 for 80 */
    if (!number_parse_u64(colon + 1, strlen(colon + 1), "--listen's port", &port, err))
        return false;
    if (port > UINT16_MAX)
        return error_set(err, ERROR_INPUT, "--listen '%s': a port is at most 65535", listen);
    bool bracketed = listen[0] == '[' && colon[-1] == ']';
    int length = (int)(colon - listen) - (bracketed ? 2 : 0);
    snprintf(host, sizeof host, "%.*s", length, listen + (bracketed ? 1 : 0));
    int failed = getaddrinfo(host, colon + 1, &hints, out);
    return failed == 0 ||
           error_set(err, ERROR_INPUT, "--listen '%s': %s", listen, gai_strerror(failed));
}
