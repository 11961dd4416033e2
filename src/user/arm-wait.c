/* SPDX-License-Identifier: MIT */
/*
 * System calls of 32-bit Arm that wait for descriptors: select() and its likes, whose
 * sets are of words of 32 bits, and poll().
 */
#include <errno.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/fault.h"
#include "base/types.h"
#include "user/arm.h"
#include "user/syscall.h"
#include "user/thread.h"

/* The kernel's own limit is that of the process's table. */
#define MAX_FDS 65536

struct sets {
	unsigned int n, bytes; /* of the program's: whole words */
	uint64_t addr[3];
	uint64_t bits[3][MAX_FDS / 64];
};

static long sets_in(struct sets *s, const uint64_t args[7])
{
	if ((int32_t)args[0] < 0)
		return -EINVAL;
	s->n = args[0] < MAX_FDS ? (unsigned int)args[0] : MAX_FDS;
	s->bytes = ALIGN_UP(s->n, 32) / 8;
	for (unsigned int k = 0; k < 3; k++) {
		s->addr[k] = args[k + 1];
		if (s->bytes)
			s->bits[k][(s->bytes - 1) / 8] = 0;
		if (s->addr[k] &&
		    copy_from_user(s->bits[k], (void *)s->addr[k], s->bytes))
			return -EFAULT;
	}
	return 0;
}

static long sets_out(const struct sets *s, long ret)
{
	for (unsigned int k = 0; ret >= 0 && k < 3; k++)
		if (s->addr[k] &&
		    copy_to_user((void *)s->addr[k], s->bits[k], s->bytes))
			return -EFAULT;
	return ret;
}

/* pselect6 with the host's structures: @ts NULL: no limit; @mask as Linux has it. */
static long select_by(struct user_thread *t, const uint64_t args[7],
		      struct timespec *ts, const uint64_t mask[2])
{
	struct sets s;
	uint64_t host[6] = {0};
	long ret = sets_in(&s, args);

	if (ret)
		return ret;
	host[0] = s.n;
	for (unsigned int k = 0; k < 3; k++)
		host[k + 1] = s.addr[k] ? (uint64_t)s.bits[k] : 0;
	host[4] = (uint64_t)ts;
	host[5] = (uint64_t)mask;
	return sets_out(&s, call_pselect6(t, host));
}

/* Two longs; @scale: nanoseconds in the second's unit. */
static long pair_in(uint64_t addr, long scale, struct timespec *ts)
{
	int32_t v[2];

	if (copy_from_user(v, (void *)addr, sizeof(v)))
		return -EFAULT;
	ts->tv_sec = v[0];
	ts->tv_nsec = v[1] * scale;
	return 0;
}

/* As Linux: who cannot be told what is left is not. */
static void pair_out(uint64_t addr, long scale, const struct timespec *ts)
{
	const int32_t v[2] = {(int32_t)ts->tv_sec,
			      (int32_t)(ts->tv_nsec / scale)};

	if (copy_to_user((void *)addr, v, sizeof(v)))
		return;
}

static long mask_in(uint64_t addr, uint64_t mask[2])
{
	uint32_t v[2];

	if (copy_from_user(v, (void *)addr, sizeof(v)))
		return -EFAULT;
	mask[0] = v[0];
	mask[1] = v[1];
	return 0;
}

static long select_scaled(struct user_thread *t, const uint64_t args[7],
			  long scale, const uint64_t *mask)
{
	struct timespec ts;
	long ret = args[4] ? pair_in(args[4], scale, &ts) : 0;

	/* More than a second of microseconds is added to the seconds. */
	if (!ret && args[4] && scale > 1 && ts.tv_nsec >= 0) {
		ts.tv_sec += ts.tv_nsec / 1000000000;
		ts.tv_nsec %= 1000000000;
	}
	if (!ret)
		ret = select_by(t, args, args[4] ? &ts : NULL, mask);
	if (args[4] && ret != USER_AGAIN && ret != -EFAULT && ret != -EINVAL)
		pair_out(args[4], scale, &ts);
	return ret;
}

long arm_select(struct user_thread *t, const uint64_t args[7])
{
	return select_scaled(t, args, 1000, NULL);
}

long arm_pselect6(struct user_thread *t, const uint64_t args[7])
{
	uint64_t mask[2];
	long ret = args[5] ? mask_in(args[5], mask) : 0;

	return ret ? ret : select_scaled(t, args, 1, args[5] ? mask : NULL);
}

long arm_pselect6_time64(struct user_thread *t, const uint64_t args[7])
{
	struct timespec ts;
	uint64_t mask[2];
	long ret = args[5] ? mask_in(args[5], mask) : 0;

	if (!ret && args[4] && copy_from_user(&ts, (void *)args[4], sizeof(ts)))
		ret = -EFAULT;
	if (ret)
		return ret;
	/* As in arm-convert.c. */
	ts.tv_nsec = (uint32_t)ts.tv_nsec;
	ret = select_by(t, args, args[4] ? &ts : NULL, args[5] ? mask : NULL);
	if (args[4] && ret != USER_AGAIN && ret != -EFAULT && ret != -EINVAL &&
	    copy_to_user((void *)args[4], &ts, sizeof(ts)))
		return ret; /* nobody hears of it */
	return ret;
}

long arm_poll(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return user_host_call(SYS_poll,
			      (uint64_t[6]){args[0], args[1], args[2]});
}
