/* Preloaded into the program under test: makes calls on the files of one folder fail as a failing disk does,
 * or do less than was asked, as the system may at any time. Built and used by failing_disk.rs alone.
 *
 * FAULT_FOLDER  the folder
 * FAULT_CALL    write, sync, truncate or read: the calls that are counted and fail with EIO; short: none fails,
 *               but reads and writes do a part of what was asked or are interrupted
 * FAULT_FROM, FAULT_TO  which of the counted calls fail, from 1
 * FAULT_COUNT   file to which the number of counted calls is written in the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned long counted;
static __thread int inside;

static unsigned long number(const char *name) {
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : 0;
}

static int is_of_folder(int fd) {
    char link[64], path[4096];
    const char *folder = getenv("FAULT_FOLDER");
    if (!folder || inside) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int is_asked(const char *call) {
    const char *asked = getenv("FAULT_CALL");
    return asked && strcmp(asked, call) == 0;
}

static int fails(const char *call, int fd) {
    if (!is_asked(call) || !is_of_folder(fd)) return 0;
    unsigned long now = __sync_add_and_fetch(&counted, 1);
    if (now < number("FAULT_FROM") || now > number("FAULT_TO")) return 0;
    errno = EIO;
    return 1;
}

/* How much of a call is done; 0: it is interrupted before it did anything. */
static size_t part(int fd, size_t size) {
    if (size == 0 || !is_asked("short") || !is_of_folder(fd)) return size;
    unsigned long now = __sync_add_and_fetch(&counted, 1);
    if (now % 3 == 0) {
        errno = EINTR;
        return 0;
    }
    return size > 1 ? 1 + (now * 7919) % (size - 1) : 1;
}

#define REAL(name, ...) ((ssize_t (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

#define TRANSFER(name, call, buffer) \
    ssize_t name(int fd, buffer data, size_t size) { \
        if (fails(call, fd)) return -1; \
        size_t some = part(fd, size); \
        return some == 0 && size > 0 ? -1 : REAL(#name, int, buffer, size_t)(fd, data, some); \
    }

#define TRANSFER_AT(name, call, buffer, place) \
    ssize_t name(int fd, buffer data, size_t size, place at) { \
        if (fails(call, fd)) return -1; \
        size_t some = part(fd, size); \
        return some == 0 && size > 0 ? -1 : REAL(#name, int, buffer, size_t, place)(fd, data, some, at); \
    }

TRANSFER(write, "write", const void *)
TRANSFER(read, "read", void *)
TRANSFER_AT(pwrite, "write", const void *, off_t)
TRANSFER_AT(pwrite64, "write", const void *, off64_t)
TRANSFER_AT(pread, "read", void *, off_t)
TRANSFER_AT(pread64, "read", void *, off64_t)

int fsync(int fd) { return fails("sync", fd) ? -1 : (int)REAL("fsync", int)(fd); }
int fdatasync(int fd) { return fails("sync", fd) ? -1 : (int)REAL("fdatasync", int)(fd); }
int ftruncate(int fd, off_t size) { return fails("truncate", fd) ? -1 : (int)REAL("ftruncate", int, off_t)(fd, size); }
int ftruncate64(int fd, off64_t size) {
    return fails("truncate", fd) ? -1 : (int)REAL("ftruncate64", int, off64_t)(fd, size);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    inside = 1;
    if (file) {
        fprintf(file, "%lu", counted);
        fclose(file);
    }
}
