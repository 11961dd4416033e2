/* SPDX-License-Identifier: MIT */
/*
 * Listeners of seccomp filters, see seccomp-listen.h.
 *
 * On the host "make the call" is an answer, too: the number that carries a call is
 * answered ENOSYS there, as it is when the listener is gone, and the one must not
 * be taken for the other.
 */
#include "user/seccomp-listen.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "user/abi.h"
#include "user/syscall.h"
#include "user/thread.h"

/* A number that carries a call: 1, the listener, the call as a signed number. */
#define CARRIER      0x10000000U
#define LISTENER_LSB 24
#define LISTENERS    15
#define CALL_BITS    24

/* What no call answers: that one is to be made, and the two answers that mean
 * something else in the engine (syscall.h). */
#define MAKE_THE_CALL INT64_C(-0x3f4a91c65d07e2b8)
#define PLAIN_ANSWER  INT64_C(-0x3f4a91c65d07e000)

static bool means_else(int64_t answer)
{
	return answer == USER_AGAIN || answer == USER_REGISTERS_SET;
}

/* ---- the one that asks --------------------------------------------------- */

static uint32_t carrier_of(unsigned int number)
{
	return CARRIER | number << LISTENER_LSB;
}

long listen_new(unsigned int before, uint64_t flags, struct listen *l)
{
	const uint32_t carrier = carrier_of(before + 1);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K,
			 (uint32_t) ~(BIT(CALL_BITS) - 1)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, carrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {ARRAY_SIZE(code), code};
	long fd;

	if (before >= LISTENERS)
		return -EBUSY;
	fd = host_raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	if (fd >= 0)
		l->number = before + 1;
	return fd;
}

bool listen_ask(struct user_thread *t, struct listen l,
		const struct seccomp_data *d, long *answer)
{
	const int32_t far = 1 << (CALL_BITS - 1);
	const uint32_t nr = (uint32_t)d->nr & (BIT(CALL_BITS) - 1);
	uint64_t args[6];

	*answer = -ENOSYS;
	if (!l.number || d->nr >= far || d->nr < -far)
		return false;
	for (unsigned int k = 0; k < 6; k++)
		args[k] = d->args[k];
	*answer = user_host_call((long)(carrier_of(l.number) | nr), args);
	if (means_else(*answer - PLAIN_ANSWER)) {
		t->cpu->x[0] = (uint64_t)(*answer - PLAIN_ANSWER);
		*answer = USER_REGISTERS_SET;
	}
	return *answer == MAKE_THE_CALL;
}

/* ---- the one that listens ------------------------------------------------ */

bool listen_is_ioctl(unsigned int cmd)
{
	return cmd == SECCOMP_IOCTL_NOTIF_RECV ||
	       cmd == SECCOMP_IOCTL_NOTIF_SEND;
}

static void convert_asked(uint64_t addr)
{
	const unsigned int shift = 32 - CALL_BITS;
	struct seccomp_notif n;
	uint32_t nr;

	if (copy_from_user(&n, (const void *)addr, sizeof(n)))
		return;
	nr = (uint32_t)n.data.nr;
	if ((nr & ~(BIT(LISTENER_LSB + 4) - 1)) != CARRIER ||
	    n.data.arch != AUDIT_ARCH_X86_64)
		return;
	n.data.nr = (int32_t)(nr << shift) >> shift;
	n.data.arch = user_abi->audit_arch;
	/* It is the engine's, and the program's did not come with it. */
	n.data.instruction_pointer = 0;
	/* The kernel has just written there. */
	if (copy_to_user((void *)addr, &n, sizeof(n)))
		return;
}

static long send_answer(const uint64_t args[6])
{
	struct seccomp_notif_resp resp;
	uint64_t host[6] = {args[0], args[1], (uint64_t)&resp};

	if (copy_from_user(&resp, (const void *)args[2], sizeof(resp)))
		return -EFAULT;
	if (resp.flags == SECCOMP_USER_NOTIF_FLAG_CONTINUE && !resp.error &&
	    !resp.val) {
		resp.flags = 0;
		resp.val = MAKE_THE_CALL;
	} else if (means_else(resp.error ? resp.error : resp.val)) {
		resp.val = PLAIN_ANSWER + (resp.error ? resp.error : resp.val);
		resp.error = 0;
	}
	return user_host_call(SYS_ioctl, host);
}

long listen_ioctl(const uint64_t args[6])
{
	long ret;

	if ((unsigned int)args[1] == SECCOMP_IOCTL_NOTIF_SEND)
		return send_answer(args);
	ret = user_host_call(SYS_ioctl, args);
	if (!ret)
		convert_asked(args[2]);
	return ret;
}
