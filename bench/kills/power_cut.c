/* What a disk would lose when the power goes: loaded into a process by LD_PRELOAD.
 *
 * Before a write to a file below POWER_CUT_ROOT what it overwrites is put aside, in POWER_CUT_UNDO, one file for
 * each inode; what brings the file to the disk (fsync, fdatasync) throws that away. Whoever plays the cut puts
 * the rest back (power_cut.py). Nothing waits for the disk meanwhile: it need not, as nobody pulls a plug.
 *
 * Names are durable at once: renaming, making and removing files is left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct record { /* followed by `kept` bytes */
  int64_t size, offset, kept;
};

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fallocate)(int, off_t, off_t);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);
static const char *root, *undo;

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev64");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_fallocate = dlsym(RTLD_NEXT, "posix_fallocate64");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rename = dlsym(RTLD_NEXT, "rename");
  /* Copies: PostgreSQL writes over its environment to say in its name what it does. */
  if (getenv("POWER_CUT_ROOT")) root = strdup(getenv("POWER_CUT_ROOT"));
  if (getenv("POWER_CUT_UNDO")) undo = strdup(getenv("POWER_CUT_UNDO"));
}

/* Better none of it than a wrong result. */
static void fail(const char *what) {
  fprintf(stderr, "power_cut: %s: %s\n", what, strerror(errno));
  _exit(70);
}

static int is_watched(int fd, struct stat *found) {
  char link[64], path[PATH_MAX];
  if (!root || !undo || fstat(fd, found) || !S_ISREG(found->st_mode)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  /* SQLite makes what processes share anew, whatever a cut has left of it. */
  if (length > 4 && !strcmp(path + length - 4, "-shm")) return 0;
  return !strncmp(path, root, strlen(root));
}

/* The undo file, locked; the caller closes it. */
static int aside(ino_t inode) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%ju", undo, (uintmax_t)inode);
  int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) fail(path);
  while (flock(file, LOCK_EX))
    if (errno != EINTR) fail("flock");
  return file;
}

static void keep(int file, int fd, int64_t size, int64_t offset, int64_t length) {
  int64_t kept = offset >= size ? 0 : (offset + length > size ? size - offset : length);
  struct record one = {size, offset, kept};
  ssize_t whole = sizeof one + kept;
  char *bytes = malloc(whole), link[64];
  memcpy(bytes, &one, sizeof one);
  int reading = fd;
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
    /* Never else: closing it would give up all locks that the process has on the file (fcntl(2)). */
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    reading = open(link, O_RDONLY | O_CLOEXEC);
    if (reading < 0) fail(link);
  }
  if (pread(reading, bytes + sizeof one, kept, offset) != kept) fail("pread");
  if (reading != fd) close(reading);
  if (real_write(file, bytes, whole) != whole) fail("write");
  free(bytes);
}

static size_t length_of(const struct iovec *parts, int count) {
  size_t sum = 0;
  for (int at = 0; at < count; at++) sum += parts[at].iov_len;
  return sum;
}

/* `change`: what is done while the undo file is locked. */
#define KEPT(type, begin, length, change)                                  \
  struct stat found;                                                       \
  if (!is_watched(fd, &found)) return change;                              \
  int file = aside(found.st_ino);                                          \
  fstat(fd, &found); /* another may have grown it meanwhile */             \
  keep(file, fd, found.st_size, begin, length);                            \
  type result = change;                                                    \
  int error = errno;                                                       \
  close(file);                                                             \
  errno = error;                                                           \
  return result

static int64_t place_of(int fd, const struct stat *found) {
  return fcntl(fd, F_GETFL) & O_APPEND ? found->st_size : lseek(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t length) {
  KEPT(ssize_t, place_of(fd, &found), length, real_write(fd, data, length));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  KEPT(ssize_t, place_of(fd, &found), length_of(parts, count), real_writev(fd, parts, count));
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  KEPT(ssize_t, offset, length, real_pwrite(fd, data, length, offset));
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return pwrite64(fd, data, length, offset);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  KEPT(ssize_t, offset, length_of(parts, count), real_pwritev(fd, parts, count, offset));
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return pwritev64(fd, parts, count, offset);
}
int ftruncate64(int fd, off64_t size) {
  KEPT(int, size, found.st_size > size ? found.st_size - size : 0, real_ftruncate(fd, size));
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int posix_fallocate64(int fd, off64_t offset, off64_t length) {
  KEPT(int, offset, 0, real_fallocate(fd, offset, length));
}
int posix_fallocate(int fd, off_t offset, off_t length) { return posix_fallocate64(fd, offset, length); }

int fdatasync(int fd) {
  struct stat found;
  if (is_watched(fd, &found)) {
    int file = aside(found.st_ino);
    if (real_ftruncate(file, 0)) fail("ftruncate");
    close(file);
  }
  return 0;
}
int fsync(int fd) { return fdatasync(fd); }

/* An inode may come back as another file's. */
static void forget(const char *path) {
  struct stat found;
  if (!root || !undo || lstat(path, &found) || found.st_nlink > 1) return;
  char name[PATH_MAX];
  snprintf(name, sizeof name, "%s/%ju", undo, (uintmax_t)found.st_ino);
  real_unlink(name);
}
int unlink(const char *path) {
  forget(path);
  return real_unlink(path);
}
int rename(const char *from, const char *to) {
  forget(to);
  return real_rename(from, to);
}
