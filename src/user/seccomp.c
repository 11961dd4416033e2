/* SPDX-License-Identifier: MIT */
/*
 * The program's seccomp filters, see seccomp.h.
 *
 * A thread's filter is written by itself, or under the lock by another that
 * gives all threads its own (SECCOMP_FILTER_FLAG_TSYNC); it is read atomically at
 * each call.
 */
#include "user/seccomp.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "user/abi.h"
#include "user/bpf.h"
#include "user/seccomp-listen.h"
#include "user/signal.h"
#include "user/syscall.h"
#include "user/thread.h"

/* Numbers for which it is known whether they are always allowed */
#define KNOWN_CALLS 512
/* As Linux: instructions of all filters, four more for each. */
#define MAX_INSNS 32768

struct seccomp_filter {
	struct seccomp_filter *before; /* older ones; NULL: none */
	unsigned int len, depth, total;
	struct listen listen;              /* who is told what it says of */
	uint64_t allows[KNOWN_CALLS / 64]; /* by all of them */
	struct sock_filter code[];
};

/* ---- deciding ------------------------------------------------------------ */

/* The gravest action of all filters, with the data of the newest that has it,
 * which is *@by then. */
static uint32_t judge(const struct seccomp_filter *f,
		      const struct seccomp_data *d,
		      const struct seccomp_filter **by)
{
	uint32_t ret = SECCOMP_RET_ALLOW;

	for (*by = f; f; f = f->before) {
		uint32_t r = bpf_run(f->code, d);

		/* As signed numbers: the lowest is the gravest. */
		if ((int32_t)(r & SECCOMP_RET_ACTION_FULL) <
		    (int32_t)(ret & SECCOMP_RET_ACTION_FULL)) {
			ret = r;
			*by = f;
		}
	}
	return ret;
}

static siginfo_t info_of(const struct seccomp_data *d, uint32_t ret)
{
	siginfo_t info = {
		.si_signo = SIGSYS,
		.si_code = 1, /* SYS_SECCOMP */
		.si_errno = (int)(ret & SECCOMP_RET_DATA),
	};

	info.si_call_addr = (void *)d->instruction_pointer;
	info.si_syscall = d->nr;
	info.si_arch = d->arch;
	return info;
}

static void kill_thread(struct user_thread *t, const siginfo_t *info)
{
	if (thread_count() > 1) {
		log_info("seccomp: thread %d is ended by call %d", t->tid,
			 info->si_syscall);
		t->ended = true;
		t->exit_code = SIGSYS;
		return;
	}
	signal_kill(t, info);
}

/* False: the call is not made, and *@answer. */
static bool carry_out(struct user_thread *t, const struct seccomp_filter *by,
		      const struct seccomp_data *d, uint32_t ret, long *answer)
{
	const siginfo_t info = info_of(d, ret);

	*answer = USER_REGISTERS_SET;
	switch (ret & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_LOG:
		log_warn("seccomp: call %d is allowed, and logged", d->nr);
		return true;
	case SECCOMP_RET_ALLOW: return true;
	case SECCOMP_RET_ERRNO:
		*answer = -(long)min_u64(ret & SECCOMP_RET_DATA, 4095);
		return false;
	case SECCOMP_RET_TRAP: signal_fault(t, &info); return false;
	case SECCOMP_RET_USER_NOTIF:
		return listen_ask(t, by->listen, d, answer);
	/* Nobody traces. */
	case SECCOMP_RET_TRACE: *answer = -ENOSYS; return false;
	case SECCOMP_RET_KILL_THREAD: kill_thread(t, &info); return false;
	default: signal_kill(t, &info); return false;
	}
}

static bool strict_allows(struct user_thread *t, uint64_t nr, long *ret)
{
	const siginfo_t info = {.si_signo = SIGKILL, .si_code = SI_KERNEL};

	for (size_t k = 0; k < ARRAY_SIZE(user_abi->strict_calls); k++)
		if (nr == user_abi->strict_calls[k])
			return true;
	*ret = USER_REGISTERS_SET;
	signal_kill(t, &info);
	return false;
}

bool seccomp_allows(struct user_thread *t, uint64_t nr, const uint64_t args[6],
		    long *ret)
{
	const struct seccomp_filter *f =
		__atomic_load_n(&t->seccomp, __ATOMIC_ACQUIRE);
	struct seccomp_data d = {
		.nr = (int)nr,
		.arch = user_abi->audit_arch,
		.instruction_pointer = t->cpu->pc,
	};
	const struct seccomp_filter *by;
	uint32_t action;

	if (t->seccomp_strict)
		return strict_allows(t, nr, ret);
	if (!f || (nr < KNOWN_CALLS && (f->allows[nr / 64] & BIT(nr % 64))))
		return true;
	memcpy(d.args, args, sizeof(d.args));
	action = judge(f, &d, &by);
	return carry_out(t, by, &d, action, ret);
}

/* ---- installing ---------------------------------------------------------- */

static void find_allowed(struct seccomp_filter *f)
{
	for (unsigned int nr = 0; nr < KNOWN_CALLS; nr++) {
		uint64_t bit = BIT(nr % 64);

		if ((!f->before || (f->before->allows[nr / 64] & bit)) &&
		    bpf_always_allows(f->code, (int)nr, user_abi->audit_arch))
			f->allows[nr / 64] |= bit;
	}
}

/* @code is not looked at. NULL: no memory. */
static struct seccomp_filter *filter_new(struct seccomp_filter *before,
					 unsigned int len)
{
	struct seccomp_filter *f =
		calloc(1, sizeof(*f) + len * sizeof(f->code[0]));

	if (!f)
		return NULL;
	f->before = before;
	f->len = len;
	f->depth = before ? before->depth + 1 : 1;
	f->total = len + (before ? before->total + 4 : 0);
	return f;
}

static bool is_allowed_to(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (host_raw(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return true;
	return !host_raw(SYS_capget, &head, data) &&
	       (data[0].effective & (1u << CAP_SYS_ADMIN));
}

/* struct sock_fprog is alike on both sides. What is wrong is found in Linux's
 * order. */
static long filter_in(struct seccomp_filter *before, uint64_t addr,
		      struct seccomp_filter **out)
{
	struct sock_fprog prog;
	struct seccomp_filter *f;
	long err = 0;

	if (copy_from_user(&prog, (void *)addr, sizeof(prog)))
		return -EFAULT;
	if (!prog.len || prog.len > BPF_MAXINSNS)
		return -EINVAL;
	if (!is_allowed_to())
		return -EACCES;
	f = filter_new(before, prog.len);
	if (!f)
		return -ENOMEM;
	if (copy_from_user(f->code, prog.filter, prog.len * sizeof(f->code[0])))
		err = -EFAULT;
	else if (!bpf_valid(f->code, prog.len))
		err = -EINVAL;
	else if (f->total > MAX_INSNS)
		err = -ENOMEM;
	if (err) {
		free(f);
		return err;
	}
	find_allowed(f);
	*out = f;
	return 0;
}

/* Is @old one of those before @f, or @f? */
static bool descends(const struct seccomp_filter *f,
		     const struct seccomp_filter *old)
{
	while (f && f != old)
		f = f->before;
	return f == old;
}

struct sync {
	struct user_thread *self;
	struct seccomp_filter *filter;
	pid_t other; /* one that has a filter the caller has not */
};

static void sync_check(struct user_thread *t, void *arg)
{
	struct sync *s = arg;

	if (t != s->self &&
	    (t->seccomp_strict || !descends(s->self->seccomp, t->seccomp)))
		s->other = t->tid;
}

static void sync_set(struct user_thread *t, void *arg)
{
	struct sync *s = arg;

	__atomic_store_n(&t->seccomp, s->filter, __ATOMIC_RELEASE);
}

#define FLAGS                                                             \
	((uint64_t)(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | \
		    SECCOMP_FILTER_FLAG_SPEC_ALLOW |                      \
		    SECCOMP_FILTER_FLAG_NEW_LISTENER |                    \
		    SECCOMP_FILTER_FLAG_TSYNC_ESRCH | WAIT_KILLABLE_RECV))

static bool flags_valid(uint64_t flags)
{
	const uint64_t answers_both =
		SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_NEW_LISTENER;

	if ((flags & ~FLAGS) || ((flags & answers_both) == answers_both &&
				 !(flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH)))
		return false;
	return !(flags & WAIT_KILLABLE_RECV) ||
	       (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

/* The listener, 0 if none is asked for; or -errno. */
static long listener_new(const struct user_thread *t, struct seccomp_filter *f,
			 uint64_t flags)
{
	unsigned int before = 0;

	if (!(flags & SECCOMP_FILTER_FLAG_NEW_LISTENER))
		return 0;
	for (const struct seccomp_filter *o = t->seccomp; o; o = o->before)
		if (o->listen.number > before)
			before = o->listen.number;
	return listen_new(before, flags, &f->listen);
}

static long install_here(struct user_thread *t, struct sync *s, uint64_t flags)
{
	long ret = listener_new(t, s->filter, flags);

	if (ret >= 0)
		sync_set(t, s);
	return ret;
}

static long install_everywhere(struct user_thread *t, struct sync *s,
			       uint64_t flags)
{
	long ret = 0;

	/* A new thread begins with its maker's: none is missed. */
	threads_lock();
	threads_each(sync_check, s);
	if (!s->other)
		ret = listener_new(t, s->filter, flags);
	if (!s->other && ret >= 0)
		threads_each(sync_set, s);
	threads_unlock();
	if (!s->other)
		return ret;
	return flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -ESRCH : s->other;
}

static long install(struct user_thread *t, uint64_t flags, uint64_t addr)
{
	struct sync s = {.self = t};
	long ret;

	if (!flags_valid(flags) || t->seccomp_strict)
		return -EINVAL;
	ret = filter_in(t->seccomp, addr, &s.filter);
	if (ret)
		return ret;
	/* A child that shares the memory (vfork.h) is the only one of its own. */
	if (!(flags & SECCOMP_FILTER_FLAG_TSYNC) || t->beside)
		ret = install_here(t, &s, flags & ~SECCOMP_FILTER_FLAG_TSYNC);
	else
		ret = install_everywhere(t, &s, flags);
	if (ret < 0 || s.other)
		free(s.filter);
	return ret;
}

static long action_known(uint64_t addr)
{
	uint32_t action;

	if (copy_from_user(&action, (void *)addr, sizeof(action)))
		return -EFAULT;
	switch (action) {
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_TRAP:
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_USER_NOTIF:
	case SECCOMP_RET_TRACE:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_ALLOW: return 0;
	default: return -EOPNOTSUPP;
	}
}

static long set_strict(struct user_thread *t)
{
	if (t->seccomp)
		return -EINVAL;
	t->seccomp_strict = true;
	return 0;
}

long call_seccomp(struct user_thread *t, const uint64_t args[6])
{
	switch ((unsigned int)args[0]) {
	case SECCOMP_SET_MODE_STRICT:
		return args[1] || args[2] ? -EINVAL : set_strict(t);
	case SECCOMP_SET_MODE_FILTER: return install(t, args[1], args[2]);
	case SECCOMP_GET_ACTION_AVAIL:
		return args[1] ? -EINVAL : action_known(args[2]);
	/* Of the structures: they are alike. */
	case SECCOMP_GET_NOTIF_SIZES:
		return args[1] ? -EINVAL
			       : host_raw(SYS_seccomp, args[0], 0, args[2]);
	default: return -EINVAL;
	}
}

long seccomp_prctl_set(struct user_thread *t, uint64_t mode, uint64_t addr)
{
	switch (mode) {
	case SECCOMP_MODE_STRICT: return set_strict(t);
	case SECCOMP_MODE_FILTER: return install(t, 0, addr);
	default: return -EINVAL;
	}
}

long seccomp_mode(const struct user_thread *t)
{
	if (t->seccomp_strict)
		return SECCOMP_MODE_STRICT;
	return t->seccomp ? SECCOMP_MODE_FILTER : SECCOMP_MODE_DISABLED;
}

unsigned int seccomp_depth(const struct user_thread *t)
{
	return t->seccomp ? t->seccomp->depth : 0;
}

/* ---- across exec --------------------------------------------------------- */

struct kept {
	unsigned int len; /* of the code that follows */
	struct listen listen;
};

static bool write_filter(long fd, const struct seccomp_filter *f)
{
	const struct kept kept = {.len = f->len, .listen = f->listen};
	const long size = (long)(f->len * sizeof(f->code[0]));

	return host_raw(SYS_write, fd, &kept, sizeof(kept)) == sizeof(kept) &&
	       host_raw(SYS_write, fd, f->code, size) == size;
}

/* The newest first. */
long seccomp_keep(const struct user_thread *t)
{
	const struct seccomp_filter *f = t->seccomp;
	long fd;

	if (!f)
		return -1;
	fd = host_raw(SYS_memfd_create, (long)"fauxkvm-seccomp", 0);
	for (; fd >= 0 && f; f = f->before) {
		if (!write_filter(fd, f)) {
			host_raw(SYS_close, fd);
			return -ENOMEM;
		}
	}
	return fd;
}

/* The oldest is the last: that of the rest is made first. */
static int read_filters(int fd, uint64_t at, struct seccomp_filter **out)
{
	struct seccomp_filter *before = NULL, *f;
	struct kept kept;
	long n = host_raw(SYS_pread64, fd, &kept, sizeof(kept), at);
	long size;
	int ret;

	*out = NULL;
	if (!n)
		return 0;
	if (n != sizeof(kept) || !kept.len || kept.len > BPF_MAXINSNS)
		return -EINVAL;
	at += sizeof(kept);
	size = (long)(kept.len * sizeof(f->code[0]));
	ret = read_filters(fd, at + (uint64_t)size, &before);
	if (ret)
		return ret;
	f = filter_new(before, kept.len);
	if (!f)
		return -ENOMEM;
	f->listen = kept.listen;
	if (host_raw(SYS_pread64, fd, f->code, size, at) != size ||
	    !bpf_valid(f->code, kept.len)) {
		free(f);
		return -EINVAL;
	}
	find_allowed(f);
	*out = f;
	return 0;
}

int seccomp_adopt(struct user_thread *t, int fd)
{
	int ret = read_filters(fd, 0, &t->seccomp);

	host_raw(SYS_close, fd);
	return ret;
}
