/* SPDX-License-Identifier: MIT */
/*
 * Guarded access to host memory, see fault.h. The handler leaves by
 * a jump with the signal mask the thread had when it faulted, so that a
 * guard costs no system call to enter.
 */
#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "base/types.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

__thread struct fault_guard *fault_guard_top
	__attribute__((tls_model("initial-exec")));

static struct sigaction fault_old_segv, fault_old_bus;
static pthread_once_t fault_once = PTHREAD_ONCE_INIT;
static int fault_init_error;

void fault_dispatch(int sig, siginfo_t *info, void *ucontext)
{
	struct fault_guard *g = fault_guard_top;
	ucontext_t *uc = ucontext;

	/* si_code <= 0: sent by a process, not by an access. */
	if (!g || info->si_code <= 0)
		return;
	fault_guard_top = g->outer;
	g->addr = info->si_addr;
	g->sig = sig;
	g->code = info->si_code;
	if (g->recover)
		g->recover(g, ucontext);
	pthread_sigmask(SIG_SETMASK, &uc->uc_sigmask, NULL);
	host_fault_resume(uc);
	host_jump_go(g->place);
}

static void fault_handler(int sig, siginfo_t *info, void *ucontext)
{
	struct sigaction *old =
		sig == SIGBUS ? &fault_old_bus : &fault_old_segv;

	fault_dispatch(sig, info, ucontext);
	if (old->sa_flags & SA_SIGINFO) {
		old->sa_sigaction(sig, info, ucontext);
	} else if (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN) {
		/* Returning repeats the access under the default action. */
		struct sigaction dfl = {.sa_handler = SIG_DFL};

		host_sigaction(sig, &dfl, NULL);
		if (info->si_code <= 0)
			raise(sig);
	} else {
		old->sa_handler(sig);
	}
}

static void fault_install(void)
{
	struct sigaction sa = {
		.sa_sigaction = fault_handler,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};

	sigemptyset(&sa.sa_mask);
	if (host_sigaction(SIGSEGV, &sa, &fault_old_segv) < 0 ||
	    host_sigaction(SIGBUS, &sa, &fault_old_bus) < 0)
		fault_init_error = -errno;
}

void fault_guard_lost(void)
{
	bug_on(true, "nothing comes here");
}

int fault_init(void)
{
	int saved = errno;

	pthread_once(&fault_once, fault_install);
	errno = saved;
	return fault_init_error;
}

static void fault_install_nothing(void)
{
}

void fault_init_embedded(void)
{
	pthread_once(&fault_once, fault_install_nothing);
}

bool fault_waits(pid_t tid)
{
	char path[48], text[4] = "";
	int saved = errno, fd;
	ssize_t n = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
	fd = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0) {
		n = host_read(fd, text, sizeof(text) - 1);
		host_close(fd);
	}
	errno = saved;
	/* "-1 ...": blocked, but not in a system call */
	return n > 2 && !strncmp(text, "-1 ", 3);
}

#ifdef __has_feature /* clang says it this way, gcc defines the macros */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* An address of the VMM may be anything: not for the sanitizer's memcpy(). */
static __attribute__((no_sanitize("address", "thread", "undefined"))) void
raw_copy(void *dst, const void *src, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((volatile char *)dst)[i] = ((const volatile char *)src)[i];
}

static __attribute__((no_sanitize("address", "thread", "undefined"))) bool
raw_string(char *dst, const char *src, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		dst[i] = ((const volatile char *)src)[i];
		if (!dst[i])
			return true;
	}
	return false;
}
#else
#define raw_copy memcpy

static bool raw_string(char *dst, const char *src, size_t size)
{
	return memccpy(dst, src, '\0', size) != NULL;
}
#endif

/* The VMM's pointer may be NULL, which memcpy() is declared not to take. */
#define TAKES_NULL __attribute__((no_sanitize("undefined")))

/* Between a guard's beginning and its end, which the copy must not pass. */
TAKES_NULL static ALWAYS_INLINE void held_copy(void *dst, const void *src,
					       size_t len)
{
	__asm__("" : "+r"(dst), "+r"(src));
	/* A register, mostly. */
	if (len == 8)
		raw_copy(dst, src, 8);
	else
		raw_copy(dst, src, len);
	__asm__ volatile("" ::: "memory");
}

static COLD int refuse_copy(const void *user, size_t len)
{
	return refuse(EFAULT, FKVM_USER_ADDRESS,
		      "%zu bytes at %p are not accessible", len, user);
}

TAKES_NULL int copy_from_user(void *dst, const void *src, size_t len)
{
	struct fault_guard g;

	if (!len)
		return 0;
	if (fault_guard_enter(&g))
		return refuse_copy(src, len);
	held_copy(dst, src, len);
	fault_guard_leave(&g);
	return 0;
}

TAKES_NULL int copy_to_user(void *dst, const void *src, size_t len)
{
	struct fault_guard g;

	if (!len)
		return 0;
	if (fault_guard_enter(&g))
		return refuse_copy(dst, len);
	held_copy(dst, src, len);
	fault_guard_leave(&g);
	return 0;
}

bool copy_string_from_user(char *dst, const void *src, size_t size)
{
	struct fault_guard g;
	bool whole;

	if (fault_guard_enter(&g))
		return false;
	whole = raw_string(dst, src, size);
	fault_guard_leave(&g);
	return whole;
}
