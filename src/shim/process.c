/* SPDX-License-Identifier: MIT */
/*
 * Noticing children that were made without fork(), see process.h.
 */
#include "shim/process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/host.h"

#define MARK_SIZE 4096 /* a page, or less than one */

static const volatile uint32_t always = 1;
static volatile uint32_t *page; /* NULL: the kernel has no such pages */
static void (*adopt_child)(void);

const volatile uint32_t *process_mark = &always;

void process_init(void (*adopt)(void))
{
	void *p = host_mmap(NULL, MARK_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return;
	if (host_madvise(p, MARK_SIZE, MADV_WIPEONFORK) < 0) {
		host_munmap(p, MARK_SIZE);
		return;
	}
	adopt_child = adopt;
	page = p;
	*page = 1;
	process_mark = page;
}

void process_is_new(void)
{
	if (page)
		*page = 1;
}

/* The child's one thread, perhaps in a signal handler. */
void process_adopt(void)
{
	const uint64_t all = ~UINT64_C(0);
	uint64_t old = 0;

	host_raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, sizeof(old));
	if (!*page) {
		adopt_child();
		*page = 1;
	}
	host_raw(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, sizeof(old));
}
