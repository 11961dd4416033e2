/* SPDX-License-Identifier: MIT */
/*
 * The program's system calls, see syscall.h.
 */
#include "user/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/held-fd.h"
#include "base/log.h"
#include "base/types.h"
#include "shim/sig.h"
#include "user/convert.h"
#include "user/kvm.h"
#include "user/seccomp.h"
#include "user/thread.h"
#include "user/trace.h"

static const struct user_call calls[] = {
#include "user/syscalls.def"
};

const struct user_call *user_call(uint64_t nr)
{
	return nr < ARRAY_SIZE(calls) && calls[nr].name ? &calls[nr] : NULL;
}

long user_host_call(long nr, const uint64_t args[6])
{
	const struct kvm_call *kvm = kvm_call(nr);
	long ret;

	if (kvm && kvm_before(kvm, nr, args, &ret))
		return ret;
	ret = sig_syscall(nr, args);
	if (kvm && kvm->after && ret != USER_AGAIN)
		kvm->after(args, &ret);
	return ret;
}

const struct user_call *user_call_named(const char *name)
{
	for (size_t nr = 0; nr < ARRAY_SIZE(calls); nr++)
		if (calls[nr].name && !strcmp(calls[nr].name, name))
			return &calls[nr];
	return NULL;
}

void user_call_missing(uint64_t nr, const char *name)
{
	static _Atomic uint64_t reported[ARRAY_SIZE(calls) / 64 + 1];

	if (nr >= ARRAY_SIZE(calls)) {
		log_warn("system call %lu does not exist", nr);
		return;
	}
	if (__atomic_fetch_or((uint64_t *)&reported[nr / 64], BIT(nr % 64),
			      __ATOMIC_RELAXED) &
	    BIT(nr % 64))
		return;
	log_warn("system call %s (%lu) is not implemented: ENOSYS",
		 name ? name : "without a name", nr);
}

/* Does the call follow a link that its path names? */
static bool follows(const struct user_call *call, const uint64_t args[6])
{
	for (unsigned int k = 0; k < 6; k++) {
		if (call->args[k] == ARG_AT_FLAGS)
			return !(args[k] & AT_SYMLINK_NOFOLLOW);
		if (call->args[k] == ARG_OPEN_FLAGS)
			return !(convert_open_flags(args[k]) & O_NOFOLLOW);
	}
	return true;
}

/* Room for paths is pages of the stack, which costs a call that has none. */
static __attribute__((noinline)) long pass_paths(const struct user_call *call,
						 const uint64_t args[6],
						 uint64_t host[6])
{
	char path[2][PATH_MAX];
	unsigned int paths = 0;

	for (unsigned int k = 0; k < 6 && paths < 2; k++) {
		bool link = call->args[k] == ARG_LINK;

		if ((link || call->args[k] == ARG_PATH) &&
		    convert_path_link(args[k], !link && follows(call, args),
				      path[paths], &host[k]))
			paths++;
	}
	return user_host_call(call->host, host);
}

/* Arguments by their kinds, then the host's call. */
static long pass(const struct user_call *call, const uint64_t args[6])
{
	uint64_t host[6];
	bool paths = false;

	memcpy(host, args, sizeof(host));
	for (unsigned int k = 0; k < 6; k++) {
		switch (call->args[k]) {
		case ARG_FD:
			if (held_fd_is((int)args[k]))
				return -EBADF;
			break;
		case ARG_LINK:
		case ARG_PATH: paths = true; break;
		case ARG_ADDRESS: host[k] = convert_untagged(args[k]); break;
		case ARG_OPEN_FLAGS:
			host[k] = convert_open_flags(args[k]);
			break;
		}
	}
	if (unlikely(paths))
		return pass_paths(call, args, host);
	return user_host_call(call->host, host);
}

long user_call_do(struct user_thread *t, const struct user_call *call,
		  const uint64_t args[6])
{
	if (call && call->fn)
		return call->fn(t, args);
	if (call && call->host >= 0)
		return pass(call, args);
	return -ENOSYS;
}

bool user_call_allowed(struct user_thread *t, uint64_t nr,
		       const uint64_t args[6], long *ret)
{
	/* Another thread may give it filters. */
	return likely(!__atomic_load_n(&t->seccomp, __ATOMIC_RELAXED) &&
		      !t->seccomp_strict) ||
	       seccomp_allows(t, nr, args, ret);
}

static long make_call(struct user_thread *t, uint64_t nr,
		      const struct user_call *call, const uint64_t args[6])
{
	long ret;

	if (!user_call_allowed(t, nr, args, &ret))
		return ret;
	if (call && (call->fn || call->host >= 0))
		return user_call_do(t, call, args);
	user_call_missing(nr, call ? call->name : NULL);
	return -ENOSYS;
}

/* @args may be the PE's registers, which the call may change. */
static __attribute__((noinline)) long traced_call(struct user_thread *t,
						  uint64_t nr,
						  const struct user_call *call,
						  const uint64_t args[6])
{
	uint64_t asked[6];
	long ret;

	memcpy(asked, args, sizeof(asked));
	if (call && (call->flags & CALL_ENDS))
		trace_begin(call, asked);
	ret = make_call(t, nr, call, args);
	trace_call(nr, call, asked, ret);
	return ret;
}

long user_syscall(struct user_thread *t, uint64_t nr, const uint64_t args[6])
{
	const struct user_call *call = user_call(nr);

	if (log_enabled(LOG_DEBUG))
		return traced_call(t, nr, call, args);
	return make_call(t, nr, call, args);
}
