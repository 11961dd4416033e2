/* SPDX-License-Identifier: MIT */
/*
 * Making the statistics file and finding room in it; see stat-file.h.
 *
 * The whole length that it may ever have is mapped at once; what lies beyond
 * the file's end is not touched. Before something is, its blocks are allocated,
 * so that a full disk is an error here and no SIGBUS in the VMM.
 *
 * A lock on the file's description says that the process lives.
 */
#include "kernel/stat-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/fork-lock.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "kernel/kernel.h"

#define MAX_SIZE  (UINT64_C(1) << 30)
#define GROW_SIZE (UINT64_C(1) << 20)

struct stat_head *_Atomic stat_file_now;

/* A leaf of vm.h's order. */
static pthread_mutex_t file_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	struct stat_head *head; /* NULL: none yet */
	bool tried;
	int fd; /* held */
	uint64_t size;
} file;

/* ---- the file ------------------------------------------------------------ */

/* %p in @path is the process's id. */
static void path_expand(char *to, size_t size, const char *path)
{
	const char *pid = strstr(path, "%p");

	if (pid)
		snprintf(to, size, "%.*s%d%s", (int)(pid - path), path,
			 (int)getpid(), pid + 2);
	else
		snprintf(to, size, "%s", path);
}

/* Functions return 0 or an errno: nothing of this is an answer to the VMM. */

/* EAGAIN: another process writes to @path. */
static int file_open(const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	long fd = host_raw(SYS_openat, AT_FDCWD, path,
			   O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	long ret;

	if (fd < 0)
		return (int)-fd;
	ret = host_raw(SYS_fcntl, fd, F_OFD_SETLK, &lock);
	if (!ret)
		ret = host_raw(SYS_ftruncate, fd, 0);
	if (ret) {
		host_raw(SYS_close, fd);
		return ret == -EACCES ? EAGAIN : (int)-ret;
	}
	file.fd = held_fd_take((int)fd);
	return file.fd < 0 ? -file.fd : 0;
}

/* The file has @size bytes, all of them allocated. */
static int file_grow(uint64_t size)
{
	int fd = held_fd_begin(file.fd);
	int err = EBADF;

	if (fd >= 0)
		err = (int)-host_raw_quiet(SYS_fallocate, fd, 0,
					   (long)file.size,
					   (long)(size - file.size));
	held_fd_end(file.fd);
	if (!err)
		file.size = size;
	return err;
}

static void command_read(char *to, size_t size)
{
	long fd = host_raw(SYS_openat, AT_FDCWD, "/proc/self/cmdline",
			   O_RDONLY | O_CLOEXEC);
	long n;

	if (fd < 0)
		return;
	n = host_raw(SYS_read, fd, to, size - 1);
	host_raw(SYS_close, fd);
	for (long i = 0; i + 1 < n; i++)
		if (!to[i])
			to[i] = ' ';
}

static void head_fill(struct stat_head *h)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	h->head_size = sizeof(struct stat_head);
	h->vm_size = sizeof(struct stat_vm);
	h->vcpu_size = sizeof(struct stat_vcpu);
	h->irq_size = sizeof(struct stat_irq);
	h->event_size = sizeof(struct stat_event);
	h->pid = (uint32_t)getpid();
	h->started = now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
	snprintf(h->program, sizeof(h->program), "fauxkvm %s", PACKAGE_VERSION);
	command_read(h->command, sizeof(h->command));
	atomic_store(&h->used, ALIGN_UP(sizeof(*h), 64));
	h->version = STAT_VERSION;
	atomic_thread_fence(memory_order_release);
	memcpy(h->magic, STAT_MAGIC, sizeof(h->magic));
}

static int file_map(void)
{
	int fd = held_fd_begin(file.fd);
	void *at = MAP_FAILED;

	if (fd >= 0)
		at = host_mmap(NULL, MAX_SIZE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_NORESERVE, fd, 0);
	held_fd_end(file.fd);
	if (at == MAP_FAILED)
		return fd < 0 ? EBADF : errno;
	head_fill(at);
	file.head = at;
	atomic_store(&stat_file_now, at);
	return 0;
}

static int file_make(const char *path)
{
	int err = file_open(path);

	if (err)
		return err;
	file.size = 0;
	err = file_grow(GROW_SIZE);
	if (!err)
		err = file_map();
	if (err)
		held_fd_close(file.fd);
	return err;
}

/* If another process has the file, this one's has its id behind the name. */
static void file_try(void)
{
	char path[PATH_MAX], other[PATH_MAX + 16];
	int saved = errno;
	int err;

	path_expand(path, sizeof(path), kernel_clock()->stat);
	err = file_make(path);
	if (err == EAGAIN) {
		snprintf(other, sizeof(other), "%s.%d", path, (int)getpid());
		err = file_make(other);
	}
	if (err)
		log_error("%s: no statistics: %s", path, strerror(err));
	errno = saved;
}

struct stat_head *stat_file(void)
{
	struct stat_head *head;

	if (!kernel_clock()->stat)
		return NULL;
	pthread_mutex_lock(&file_lock);
	if (!file.tried) {
		file.tried = true;
		file_try();
	}
	head = file.head;
	pthread_mutex_unlock(&file_lock);
	return head;
}

/* ---- room in it ---------------------------------------------------------- */

/* Lock held. */
static uint64_t alloc_locked(size_t size)
{
	uint64_t at = atomic_load(&file.head->used);
	uint64_t end = ALIGN_UP(at + size, 64);
	uint64_t grown = ALIGN_UP(end, GROW_SIZE);

	if (end > MAX_SIZE || (end > file.size && file_grow(grown))) {
		atomic_fetch_add(&file.head->lost, 1);
		return 0;
	}
	atomic_store(&file.head->used, end);
	return at;
}

void *stat_file_alloc(size_t size, uint64_t *offset)
{
	void *p = NULL;

	pthread_mutex_lock(&file_lock);
	*offset = file.head ? alloc_locked(size) : 0;
	if (*offset)
		p = (char *)file.head + *offset;
	pthread_mutex_unlock(&file_lock);
	return p;
}

/* ---- fork ---------------------------------------------------------------- */

void stat_file_fork_prepare(void)
{
	pthread_mutex_lock(&file_lock);
}

void stat_file_forked_parent(void)
{
	pthread_mutex_unlock(&file_lock);
}

/* The parent's stays mapped: its VMs are in the child's memory, too. */
void stat_file_forked_child(void)
{
	fork_mutex_reset(&file_lock);
	file.head = NULL;
	file.tried = false;
	atomic_store(&stat_file_now, NULL);
}
