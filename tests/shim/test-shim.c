/* SPDX-License-Identifier: MIT */
/*
 * The shim's registry of descriptors (test-shim-fd.c) and its signal wrapper
 * (test-shim-sig.c), without interposition and with a stand-in for the kernel
 * model: the functions of kernel.h, here.
 */
#include "test-shim.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "kernel/kernel.h"
#include "shim/embed.h"
#include "shim/fdtab.h"
#include "shim/sig.h"
#include "tests/check-main.h"

/* Our faults are wanted, and one test has no descriptor left for the check. */
const char *__asan_default_options(void) __attribute__((visibility("default")));
const char *__asan_default_options(void)
{
	return "handle_segv=0:handle_sigbus=0:detect_leaks=0";
}

const struct kernel_host *host;
_Atomic int closed, freed;
int forked, fork_prepared;
__thread volatile int kicks;
const void *changed_addr;
bool fork_is_open;

void kernel_offer_draft_attrs(bool offer)
{
}

void kernel_set_host(const struct kernel_host *h)
{
	host = h;
}

int kernel_set_arch(const char *name)
{
	return 0;
}

int kernel_set_profile(const char *name)
{
	return -ENOENT;
}

const struct kernel_option_row *kernel_option_row(unsigned int n)
{
	return NULL;
}

int kernel_option_set(struct kernel_clock_options *opts, unsigned int n,
		      const char *value)
{
	return -EINVAL;
}

int kernel_set_clock(struct kernel_clock_options *opts)
{
	return 0;
}

int kernel_options_heard(const struct kernel_clock_options *opts)
{
	return 0;
}

struct kobj *object(enum kobj_kind kind, const char *name, size_t size)
{
	struct kobj *obj = calloc(1, sizeof(*obj));

	ck_assert_ptr_nonnull(obj);
	obj->kind = kind;
	obj->size = size;
	obj->refs = 1;
	strcpy(obj->name, name);
	return obj;
}

bool kernel_serves_program(void)
{
	return true;
}

/* It has no request by name. */
const struct kernel_ioctl_row *kernel_ioctl_row(unsigned int n)
{
	(void)n;
	return NULL;
}

struct kobj *kernel_open(void)
{
	return object(KOBJ_SYSTEM, "kvm", 0);
}

void kobj_get(struct kobj *obj)
{
	__atomic_add_fetch(&obj->refs, 1, __ATOMIC_RELAXED);
}

void kobj_put(struct kobj *obj)
{
	if (__atomic_sub_fetch(&obj->refs, 1, __ATOMIC_ACQ_REL))
		return;
	freed++;
	fdtab_free_pages(obj);
	free(obj);
}

void kobj_close(struct kobj *obj)
{
	closed++;
	kobj_put(obj);
}

long kobj_ioctl(struct kobj *obj, int fd, unsigned int cmd, unsigned long arg)
{
	return obj->kind * 1000 + (cmd & 0xff);
}

long kobj_check_map(struct kobj *obj, uint64_t offset, uint64_t size, bool exec,
		    bool shared)
{
	return obj->kind == KOBJ_VCPU ? 0 : -ENODEV;
}

void kernel_signal_arrived(void)
{
	kicks++;
}

void kernel_fork_prepare(void)
{
	fork_prepared++;
}

void kernel_forked_parent(void)
{
	fork_prepared--;
}

void kernel_forked_child(void)
{
	forked++;
}

void kernel_host_memory_changed(const void *addr, size_t len)
{
	changed_addr = addr;
}

void kernel_host_file_changed(int fd, uint64_t start, uint64_t end)
{
	(void)fd;
	(void)start;
	(void)end;
}

void kernel_host_memory_removed(const void *addr, size_t len)
{
	(void)addr;
	(void)len;
}

struct vm *_Atomic kernel_irqfd_vms;

void kernel_eventfd_used(void)
{
}

/* Prepare handlers run in reverse: after embed_init()'s. */
static void between_fork_handlers(void)
{
	sigset_t now;

	pthread_sigmask(SIG_BLOCK, NULL, &now);
	fork_is_open = !sigismember(&now, SIGUSR1);
}

void setup(void)
{
	pthread_atfork(between_fork_handlers, NULL, NULL);
	embed_init();
	closed = freed = forked = kicks = 0;
}

void fd_close(int fd)
{
	struct fdtab_closing c;

	fdtab_close_begin(&c, (unsigned int)fd, (unsigned int)fd);
	ck_assert_int_eq(close(fd), 0);
	fdtab_close_end(&c);
}

int main(void)
{
	Suite *s = suite_create("shim");

	suite_add_tcase(s, fd_tests());
	suite_add_tcase(s, sig_tests());
	suite_add_tcase(s, wake_tests());
	suite_add_tcase(s, sig_child_tests());
	return check_run(srunner_create(s));
}
