/* SPDX-License-Identifier: MIT */
/*
 * Structures of 32-bit Arm's system calls that differ from arm64's or the host's, which
 * are alike but for struct stat. Times, sizes and addresses have 32 bits.
 */
#include <errno.h>
#include <limits.h>
#include <mqueue.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/types.h"
#include "shim/guest-abi.h"
#include "user/arm.h"
#include "user/signal.h"

/* ---- times: pairs of longs ----------------------------------------------- */

/* Longs of both, one after the other. */
static void longs_in(void *host, const void *arm, unsigned int n)
{
	const int32_t *from = arm;
	int64_t *to = host;

	for (unsigned int k = 0; k < n; k++)
		to[k] = from[k];
}

static void longs_out(void *arm, const void *host, unsigned int n)
{
	const int64_t *from = host;
	int32_t *to = arm;

	for (unsigned int k = 0; k < n; k++)
		to[k] = (int32_t)from[k];
}

static void pair_in(void *host, const void *arm)
{
	longs_in(host, arm, 2);
}

static bool pair_out(void *arm, const void *host)
{
	longs_out(arm, host, 2);
	return true;
}

static void two_pairs_in(void *host, const void *arm)
{
	longs_in(host, arm, 4);
}

static bool two_pairs_out(void *arm, const void *host)
{
	longs_out(arm, host, 4);
	return true;
}

/* Times of 64 bits, of which Linux looks at 32 bits of the nanoseconds. */
static void times64_in(void *host, const void *arm, unsigned int n)
{
	uint64_t *to = host;

	memcpy(host, arm, n * sizeof(*to));
	for (unsigned int k = 1; k < n; k += 2)
		to[k] = (uint32_t)to[k];
}

static void time64_in(void *host, const void *arm)
{
	times64_in(host, arm, 2);
}

static void two_times64_in(void *host, const void *arm)
{
	times64_in(host, arm, 4);
}

static bool time64_out(void *arm, const void *host)
{
	memcpy(arm, host, 16);
	return true;
}

/* What is no time stays none. */
static void timevals_in(void *host, const void *arm)
{
	int64_t *to = host;

	longs_in(host, arm, 4);
	for (unsigned int k = 1; k < 4; k += 2)
		to[k] = to[k] < 0 || to[k] >= 1000000 ? -1 : to[k] * 1000;
}

static bool tms_out(void *arm, const void *host)
{
	longs_out(arm, host, 4);
	return true;
}

static bool rusage_out(void *arm, const void *host)
{
	longs_out(arm, host, sizeof(struct rusage) / 8);
	return true;
}

/* ---- files --------------------------------------------------------------- */

struct stat64_arm {
	uint64_t dev;
	uint32_t pad, ino_low, mode, nlink, uid, gid;
	uint64_t rdev;
	uint32_t pad1[2];
	uint64_t size;
	uint32_t blksize, pad2;
	uint64_t blocks;
	uint32_t atime[2], mtime[2], ctime[2];
	uint64_t ino;
};
_Static_assert(sizeof(struct stat64_arm) == 104, "struct stat64");

static bool stat64_out(void *arm, const void *host)
{
	const struct guest_stat *st = host;
	struct stat64_arm *out = arm;

	*out = (struct stat64_arm){
		.dev = st->dev,
		.ino_low = (uint32_t)st->ino,
		.mode = st->mode,
		.nlink = st->nlink,
		.uid = st->uid,
		.gid = st->gid,
		.rdev = st->rdev,
		.size = st->size,
		.blksize = (uint32_t)st->blksize,
		.blocks = st->blocks,
		.ino = st->ino,
	};
	longs_out(out->atime, &st->atime, 2);
	longs_out(out->mtime, &st->mtime, 2);
	longs_out(out->ctime, &st->ctime, 2);
	return true;
}

struct statfs_arm {
	uint32_t type, bsize, blocks, bfree, bavail, files, ffree;
	int32_t fsid[2];
	uint32_t namelen, frsize, flags, spare[4];
};

struct statfs64_arm {
	uint32_t type, bsize;
	uint64_t blocks, bfree, bavail, files, ffree;
	int32_t fsid[2];
	uint32_t namelen, frsize, flags, spare[4];
} __attribute__((packed, aligned(4)));
_Static_assert(sizeof(struct statfs64_arm) == 84, "struct statfs64");

static bool statfs64_out(void *arm, const void *host)
{
	const struct statfs *st = host;
	struct statfs64_arm *out = arm;

	*out = (struct statfs64_arm){
		.type = (uint32_t)st->f_type,
		.bsize = (uint32_t)st->f_bsize,
		.blocks = st->f_blocks,
		.bfree = st->f_bfree,
		.bavail = st->f_bavail,
		.files = st->f_files,
		.ffree = st->f_ffree,
		.namelen = (uint32_t)st->f_namelen,
		.frsize = (uint32_t)st->f_frsize,
		.flags = (uint32_t)st->f_flags,
	};
	memcpy(out->fsid, &st->f_fsid, sizeof(out->fsid));
	return true;
}

/* All ones say nothing of the number of files. */
static bool count_fits(uint64_t v)
{
	return v <= UINT32_MAX || v == UINT64_MAX;
}

static bool statfs_out(void *arm, const void *host)
{
	const struct statfs *st = host;
	struct statfs_arm *out = arm;

	*out = (struct statfs_arm){
		.type = (uint32_t)st->f_type,
		.bsize = (uint32_t)st->f_bsize,
		.blocks = (uint32_t)st->f_blocks,
		.bfree = (uint32_t)st->f_bfree,
		.bavail = (uint32_t)st->f_bavail,
		.files = (uint32_t)st->f_files,
		.ffree = (uint32_t)st->f_ffree,
		.namelen = (uint32_t)st->f_namelen,
		.frsize = (uint32_t)st->f_frsize,
		.flags = (uint32_t)st->f_flags,
	};
	memcpy(out->fsid, &st->f_fsid, sizeof(out->fsid));
	return !((st->f_blocks | st->f_bfree | st->f_bavail) >> 32) &&
	       count_fits(st->f_files) && count_fits(st->f_ffree);
}

static void offset_in(void *host, const void *arm)
{
	longs_in(host, arm, 1);
}

static bool offset_out(void *arm, const void *host)
{
	const int64_t *at = host;

	longs_out(arm, host, 1);
	return *at <= INT32_MAX;
}

/* ---- the process and the machine ----------------------------------------- */

static void rlimit_in(void *host, const void *arm)
{
	const uint32_t *from = arm;
	uint64_t *to = host;

	for (unsigned int k = 0; k < 2; k++)
		to[k] = from[k] == UINT32_MAX ? RLIM_INFINITY : from[k];
}

static bool rlimit_out(void *arm, const void *host)
{
	const uint64_t *from = host;
	uint32_t *to = arm;

	for (unsigned int k = 0; k < 2; k++)
		to[k] = from[k] < UINT32_MAX ? (uint32_t)from[k] : UINT32_MAX;
	return true;
}

struct sysinfo_arm {
	uint32_t uptime, loads[3];
	uint32_t memory[6]; /* totalram to freeswap */
	uint16_t procs, pad;
	uint32_t totalhigh, freehigh, unit;
	uint8_t rest[8];
};
_Static_assert(sizeof(struct sysinfo_arm) == 64, "struct sysinfo");

/* Memory in units large enough for 32 bits. */
static bool sysinfo_out(void *arm, const void *host)
{
	const struct sysinfo *info = host;
	const uint64_t memory[6] = {info->totalram,  info->freeram,
				    info->sharedram, info->bufferram,
				    info->totalswap, info->freeswap};
	struct sysinfo_arm *out = arm;
	unsigned int shift = 0;
	uint64_t unit = info->mem_unit;

	while ((info->totalram >> shift | info->totalswap >> shift) >> 32) {
		shift++;
		unit <<= 1;
	}
	*out = (struct sysinfo_arm){
		.uptime = (uint32_t)info->uptime,
		.procs = info->procs,
		.totalhigh = (uint32_t)(info->totalhigh >> shift),
		.freehigh = (uint32_t)(info->freehigh >> shift),
		.unit = (uint32_t)unit,
	};
	for (unsigned int k = 0; k < 3; k++)
		out->loads[k] = (uint32_t)info->loads[k];
	for (unsigned int k = 0; k < 6; k++)
		out->memory[k] = (uint32_t)(memory[k] >> shift);
	return true;
}

static void mq_attr_in(void *host, const void *arm)
{
	longs_in(host, arm, 8);
}

static bool mq_attr_out(void *arm, const void *host)
{
	longs_out(arm, host, 8);
	return true;
}

/* ---- signals ------------------------------------------------------------- */

struct sigaction_arm {
	uint32_t handler, flags, restorer, mask[2];
};

static void sigaction_in(void *host, const void *arm)
{
	const struct sigaction_arm *from = arm;
	struct user_action *to = host;

	*to = (struct user_action){
		.handler = from->handler,
		.flags = from->flags,
		.restorer = from->restorer,
		.mask = from->mask[0] | (uint64_t)from->mask[1] << 32,
	};
}

static bool sigaction_out(void *arm, const void *host)
{
	const struct user_action *from = host;
	struct sigaction_arm *to = arm;

	*to = (struct sigaction_arm){
		.handler = (uint32_t)from->handler,
		.flags = (uint32_t)from->flags,
		.restorer = (uint32_t)from->restorer,
		.mask = {(uint32_t)from->mask, (uint32_t)(from->mask >> 32)},
	};
	return true;
}

struct stack_arm {
	uint32_t sp;
	int32_t flags;
	uint32_t size;
};

static void stack_in(void *host, const void *arm)
{
	const struct stack_arm *from = arm;
	struct user_altstack *to = host;

	*to = (struct user_altstack){
		.sp = from->sp,
		.flags = from->flags,
		.size = from->size,
	};
}

static bool stack_out(void *arm, const void *host)
{
	const struct user_altstack *from = host;
	struct stack_arm *to = arm;

	*to = (struct stack_arm){
		.sp = (uint32_t)from->sp,
		.flags = from->flags,
		.size = (uint32_t)from->size,
	};
	return true;
}

struct siginfo_arm {
	int32_t signo, err, code;
	uint32_t field[29];
};
_Static_assert(sizeof(struct siginfo_arm) == 128, "siginfo");

/* What the kernel says of a signal is by its number, what a process says has a sender
 * and a value. */
bool arm_siginfo_out(void *arm, const void *host)
{
	const siginfo_t *from = host;
	struct siginfo_arm *to = arm;
	uint32_t *f = to->field;
	const bool kernels = from->si_code > 0 && from->si_code < SI_KERNEL;

	memset(to, 0, sizeof(*to));
	to->signo = from->si_signo;
	to->err = from->si_errno;
	to->code = from->si_code;
	if (from->si_code == SI_TIMER) {
		f[0] = (uint32_t)from->si_timerid;
		f[1] = (uint32_t)from->si_overrun;
		f[2] = (uint32_t)(uintptr_t)from->si_ptr;
		return true;
	}
	f[0] = (uint32_t)from->si_pid;
	f[1] = from->si_uid;
	f[2] = (uint32_t)(uintptr_t)from->si_ptr;
	if (!kernels && from->si_code != SI_SIGIO)
		return true;
	switch (from->si_signo) {
	case SIGCHLD:
		f[2] = (uint32_t)from->si_status;
		f[3] = (uint32_t)from->si_utime;
		f[4] = (uint32_t)from->si_stime;
		break;
	case SIGILL:
	case SIGFPE:
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		f[0] = (uint32_t)(uintptr_t)from->si_addr;
		f[1] = (uint16_t)from->si_addr_lsb;
		f[2] = 0;
		break;
	case SIGSYS:
		f[0] = (uint32_t)(uintptr_t)from->si_call_addr;
		f[1] = (uint32_t)from->si_syscall;
		f[2] = from->si_arch;
		break;
	case SIGIO:
		f[0] = (uint32_t)from->si_band;
		f[1] = (uint32_t)from->si_fd;
		f[2] = 0;
		break;
	}
	return true;
}

/* A process may only say what it is allowed to: that has a sender and a value. */
static void siginfo_in(void *host, const void *arm)
{
	const struct siginfo_arm *from = arm;
	siginfo_t *to = host;

	memset(to, 0, sizeof(*to));
	to->si_signo = from->signo;
	to->si_errno = from->err;
	to->si_code = from->code;
	to->si_pid = (pid_t)from->field[0];
	to->si_uid = from->field[1];
	to->si_ptr = (void *)(uintptr_t)from->field[2];
}

struct sigevent_arm {
	uint32_t value;
	int32_t signo, notify, tid;
	uint8_t rest[48];
};

static void sigevent_in(void *host, const void *arm)
{
	const struct sigevent_arm *from = arm;
	struct sigevent *to = host;

	memset(to, 0, sizeof(*to));
	to->sigev_value.sival_ptr = (void *)(uintptr_t)from->value;
	to->sigev_signo = from->signo;
	to->sigev_notify = from->notify;
	to->_sigev_un._tid = from->tid;
}

/* ---- the table ----------------------------------------------------------- */

static const struct arm_struct structs[NR_ARM_ARGS] = {
	[A_TIMESPEC] = {16, 8, pair_in, NULL, false},
	[A_TIMESPEC_OUT] = {16, 8, NULL, pair_out, false},
	[A_TIMESPEC_LEFT] = {16, 8, NULL, pair_out, true},
	[A_TIMESPEC_BOTH] = {16, 8, pair_in, pair_out, false},
	[A_TIMESPECS] = {32, 16, two_pairs_in, NULL, false},
	[A_TIMESPEC64] = {16, 16, time64_in, NULL, false},
	[A_TIMESPEC64_BOTH] = {16, 16, time64_in, time64_out, false},
	[A_TIMESPECS64] = {32, 32, two_times64_in, NULL, false},
	[A_ITIMERSPEC64] = {32, 32, two_times64_in, NULL, false},
	[A_TIMEVAL] = {16, 8, pair_in, NULL, false},
	[A_TIMEVAL_OUT] = {16, 8, NULL, pair_out, false},
	[A_TIMEVALS] = {32, 16, timevals_in, NULL, false},
	[A_ITIMERVAL] = {32, 16, two_pairs_in, NULL, false},
	[A_ITIMERVAL_OUT] = {32, 16, NULL, two_pairs_out, false},
	[A_ITIMERSPEC] = {32, 16, two_pairs_in, NULL, false},
	[A_ITIMERSPEC_OUT] = {32, 16, NULL, two_pairs_out, false},
	[A_STAT64_OUT] = {sizeof(struct guest_stat), 104, NULL, stat64_out,
			  false},
	[A_STATFS_OUT] = {sizeof(struct statfs), 64, NULL, statfs_out, false},
	[A_STATFS64_OUT] = {sizeof(struct statfs), 84, NULL, statfs64_out,
			    false},
	[A_RLIMIT] = {16, 8, rlimit_in, NULL, false},
	[A_RLIMIT_OUT] = {16, 8, NULL, rlimit_out, false},
	[A_RUSAGE_OUT] = {sizeof(struct rusage), 72, NULL, rusage_out, false},
	[A_SYSINFO_OUT] = {sizeof(struct sysinfo), 64, NULL, sysinfo_out,
			   false},
	[A_TMS_OUT] = {sizeof(struct tms), 16, NULL, tms_out, false},
	[A_SIGACTION] = {sizeof(struct user_action), 20, sigaction_in, NULL,
			 false},
	[A_SIGACTION_OUT] = {sizeof(struct user_action), 20, NULL,
			     sigaction_out, false},
	[A_STACK] = {sizeof(struct user_altstack), 12, stack_in, NULL, false},
	[A_STACK_OUT] = {sizeof(struct user_altstack), 12, NULL, stack_out,
			 false},
	[A_SIGINFO] = {sizeof(siginfo_t), 128, siginfo_in, NULL, false},
	[A_SIGINFO_OUT] = {sizeof(siginfo_t), 128, NULL, arm_siginfo_out,
			   false},
	[A_SIGEVENT] = {sizeof(struct sigevent), 64, sigevent_in, NULL, false},
	[A_MQ_ATTR] = {64, 32, mq_attr_in, NULL, false},
	[A_MQ_ATTR_OUT] = {64, 32, NULL, mq_attr_out, false},
	[A_OFFSET] = {8, 4, offset_in, offset_out, false},
};

_Static_assert(sizeof(struct guest_stat) <= ARM_HOST_MAX &&
		       sizeof(struct rusage) <= ARM_HOST_MAX &&
		       sizeof(siginfo_t) <= ARM_HOST_MAX,
	       "what a call's structures have room in");

const struct arm_struct *arm_struct_of(unsigned int kind)
{
	return &structs[kind];
}
