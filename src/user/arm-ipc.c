/* SPDX-License-Identifier: MIT */
/*
 * System calls of 32-bit Arm about System V's IPC: messages begin with a long, and what
 * says how a queue, a set of semaphores or a segment is has longs. Sizes and places
 * are those of IPC_64, which every C library of the EABI asks for.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/types.h"
#include "user/arm.h"
#include "user/syscall.h"

#define IPC_64 0x100u

#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#define SHM_STAT_ANY 15
#define SEM_STAT_ANY 20
#endif

struct perm_arm {
	uint32_t key, uid, gid, cuid, cgid;
	uint16_t mode, pad1, seq, pad2;
	uint32_t unused[2];
};

struct msqid_arm {
	struct perm_arm perm;
	uint32_t stime[2], rtime[2], ctime[2];
	uint32_t cbytes, qnum, qbytes, lspid, lrpid, unused[2];
};

struct semid_arm {
	struct perm_arm perm;
	uint32_t otime[2], ctime[2], nsems, unused[2];
};

struct shmid_arm {
	struct perm_arm perm;
	uint32_t segsz, atime[2], dtime[2], ctime[2];
	uint32_t cpid, lpid, nattch, unused[2];
};

static void perm_out(struct perm_arm *to, const struct ipc_perm *from)
{
	*to = (struct perm_arm){
		.key = (uint32_t)from->__key,
		.uid = from->uid,
		.gid = from->gid,
		.cuid = from->cuid,
		.cgid = from->cgid,
		.mode = (uint16_t)from->mode,
		.seq = from->__seq,
	};
}

/* What IPC_SET looks at. */
static void perm_in(struct ipc_perm *to, const struct perm_arm *from)
{
	to->uid = from->uid;
	to->gid = from->gid;
	to->mode = from->mode;
}

static void time_out(uint32_t to[2], int64_t from)
{
	to[0] = (uint32_t)from;
	to[1] = (uint32_t)(from >> 32);
}

/* The command as arm64 has it; false: with the structures from before IPC_64. */
static bool command(uint64_t arg, const char *name, uint64_t nr, int *cmd)
{
	*cmd = (int)(arg & ~(uint64_t)IPC_64);
	if (arg & IPC_64 || *cmd == IPC_RMID)
		return true;
	user_call_missing(nr, name);
	return false;
}

static long answer(uint64_t to, const void *from, size_t size, long ret)
{
	return copy_to_user((void *)to, from, size) ? -EFAULT : ret;
}

/* ---- messages ------------------------------------------------------------ */

/* Longer than any that a host is set up for. */
#define MESSAGE_MAX (16u << 20)

static long send_text(const uint64_t args[7], struct msgbuf *message)
{
	int32_t type;

	if (copy_from_user(&type, (const void *)args[1], sizeof(type)) ||
	    copy_from_user(message->mtext, (const char *)args[1] + sizeof(type),
			   args[2]))
		return -EFAULT;
	message->mtype = type;
	return user_host_call(
		SYS_msgsnd,
		(uint64_t[6]){args[0], (uint64_t)message, args[2], args[3]});
}

static long receive_text(const uint64_t args[7], size_t size,
			 struct msgbuf *message)
{
	long ret = user_host_call(
		SYS_msgrcv, (uint64_t[6]){args[0], (uint64_t)message, size,
					  (uint64_t)(int32_t)args[3], args[4]});
	int32_t type;

	if (ret < 0)
		return ret;
	type = (int32_t)message->mtype;
	if (copy_to_user((void *)args[1], &type, sizeof(type)) ||
	    copy_to_user((char *)args[1] + sizeof(type), message->mtext,
			 (size_t)ret))
		return -EFAULT;
	return ret;
}

long arm_msgsnd(struct user_thread *t, const uint64_t args[7])
{
	struct msgbuf *message;
	long ret;

	(void)t;
	if (args[2] > MESSAGE_MAX)
		return -EINVAL;
	message = malloc(sizeof(*message) + args[2]);
	if (!message)
		return -ENOMEM;
	ret = send_text(args, message);
	free(message);
	return ret;
}

long arm_msgrcv(struct user_thread *t, const uint64_t args[7])
{
	size_t size = args[2] < MESSAGE_MAX ? args[2] : MESSAGE_MAX;
	struct msgbuf *message;
	long ret;

	(void)t;
	if ((int32_t)args[2] < 0)
		return -EINVAL;
	message = malloc(sizeof(*message) + size);
	if (!message)
		return -ENOMEM;
	ret = receive_text(args, size, message);
	free(message);
	return ret;
}

static long msg_stat(uint64_t id, int cmd, uint64_t to)
{
	struct msqid_ds host;
	struct msqid_arm out = {.cbytes = 0};
	long ret = user_host_call(
		SYS_msgctl, (uint64_t[6]){id, (uint64_t)cmd, (uint64_t)&host});

	if (ret < 0)
		return ret;
	perm_out(&out.perm, &host.msg_perm);
	time_out(out.stime, host.msg_stime);
	time_out(out.rtime, host.msg_rtime);
	time_out(out.ctime, host.msg_ctime);
	out.cbytes = (uint32_t)host.__msg_cbytes;
	out.qnum = (uint32_t)host.msg_qnum;
	out.qbytes = (uint32_t)host.msg_qbytes;
	out.lspid = (uint32_t)host.msg_lspid;
	out.lrpid = (uint32_t)host.msg_lrpid;
	return answer(to, &out, sizeof(out), ret);
}

long arm_msgctl(struct user_thread *t, const uint64_t args[7])
{
	struct msqid_ds host = {.msg_qbytes = 0};
	struct msqid_arm in;
	int cmd;

	(void)t;
	if (!command(args[1], "msgctl", 304, &cmd))
		return -ENOSYS;
	switch (cmd) {
	case IPC_STAT:
	case MSG_STAT:
	case MSG_STAT_ANY: return msg_stat(args[0], cmd, args[2]);
	case IPC_SET:
		if (copy_from_user(&in, (const void *)args[2], sizeof(in)))
			return -EFAULT;
		perm_in(&host.msg_perm, &in.perm);
		host.msg_qbytes = in.qbytes;
		return user_host_call(
			SYS_msgctl,
			(uint64_t[6]){args[0], (uint64_t)cmd, (uint64_t)&host});
	}
	/* What is told of all queues is of ints. */
	return user_host_call(SYS_msgctl,
			      (uint64_t[6]){args[0], (uint64_t)cmd, args[2]});
}

/* ---- semaphores ---------------------------------------------------------- */

static long sem_stat(uint64_t id, uint64_t n, int cmd, uint64_t to)
{
	struct semid_ds host;
	struct semid_arm out = {.nsems = 0};
	long ret =
		user_host_call(SYS_semctl, (uint64_t[6]){id, n, (uint64_t)cmd,
							 (uint64_t)&host});

	if (ret < 0)
		return ret;
	perm_out(&out.perm, &host.sem_perm);
	time_out(out.otime, host.sem_otime);
	time_out(out.ctime, host.sem_ctime);
	out.nsems = (uint32_t)host.sem_nsems;
	return answer(to, &out, sizeof(out), ret);
}

long arm_semctl(struct user_thread *t, const uint64_t args[7])
{
	struct semid_ds host = {.sem_nsems = 0};
	struct semid_arm in;
	int cmd;

	(void)t;
	if (!command(args[2], "semctl", 300, &cmd))
		return -ENOSYS;
	switch (cmd) {
	case IPC_STAT:
	case SEM_STAT:
	case SEM_STAT_ANY: return sem_stat(args[0], args[1], cmd, args[3]);
	case IPC_SET:
		if (copy_from_user(&in, (const void *)args[3], sizeof(in)))
			return -EFAULT;
		perm_in(&host.sem_perm, &in.perm);
		return user_host_call(SYS_semctl, (uint64_t[6]){
							  args[0],
							  args[1],
							  (uint64_t)cmd,
							  (uint64_t)&host,
						  });
	}
	/* A value, shorts, or what is of ints. */
	return user_host_call(
		SYS_semctl,
		(uint64_t[6]){args[0], args[1], (uint64_t)cmd, args[3]});
}

/* ---- segments ------------------------------------------------------------ */

static long shm_stat(uint64_t id, int cmd, uint64_t to)
{
	struct shmid_ds host;
	struct shmid_arm out = {.nattch = 0};
	long ret = user_host_call(
		SYS_shmctl, (uint64_t[6]){id, (uint64_t)cmd, (uint64_t)&host});

	if (ret < 0)
		return ret;
	perm_out(&out.perm, &host.shm_perm);
	out.segsz = (uint32_t)host.shm_segsz;
	time_out(out.atime, host.shm_atime);
	time_out(out.dtime, host.shm_dtime);
	time_out(out.ctime, host.shm_ctime);
	out.cpid = (uint32_t)host.shm_cpid;
	out.lpid = (uint32_t)host.shm_lpid;
	out.nattch = (uint32_t)host.shm_nattch;
	return answer(to, &out, sizeof(out), ret);
}

/* Limits that no int has are the largest one. */
static long shm_limits(uint64_t to)
{
	struct shminfo host;
	long ret = user_host_call(SYS_shmctl,
				  (uint64_t[6]){0, IPC_INFO, (uint64_t)&host});
	const uint64_t in[5] = {host.shmmax, host.shmmin, host.shmmni,
				host.shmseg, host.shmall};
	uint32_t out[9] = {0};

	if (ret < 0)
		return ret;
	for (size_t k = 0; k < ARRAY_SIZE(in); k++)
		out[k] = (uint32_t)in[k];
	if (in[0] > INT_MAX)
		out[0] = INT_MAX;
	return answer(to, out, sizeof(out), ret);
}

static long shm_used(uint64_t to)
{
	struct shm_info host;
	long ret = user_host_call(SYS_shmctl,
				  (uint64_t[6]){0, SHM_INFO, (uint64_t)&host});
	const uint32_t out[6] = {
		(uint32_t)host.used_ids,      (uint32_t)host.shm_tot,
		(uint32_t)host.shm_rss,       (uint32_t)host.shm_swp,
		(uint32_t)host.swap_attempts, (uint32_t)host.swap_successes,
	};

	return ret < 0 ? ret : answer(to, out, sizeof(out), ret);
}

long arm_shmctl(struct user_thread *t, const uint64_t args[7])
{
	struct shmid_ds host = {.shm_segsz = 0};
	struct shmid_arm in;
	int cmd = (int)(args[1] & ~(uint64_t)IPC_64);

	(void)t;
	if (cmd != SHM_LOCK && cmd != SHM_UNLOCK &&
	    !command(args[1], "shmctl", 308, &cmd))
		return -ENOSYS;
	switch (cmd) {
	case IPC_STAT:
	case SHM_STAT:
	case SHM_STAT_ANY: return shm_stat(args[0], cmd, args[2]);
	case IPC_INFO: return shm_limits(args[2]);
	case SHM_INFO: return shm_used(args[2]);
	case IPC_SET:
		if (copy_from_user(&in, (const void *)args[2], sizeof(in)))
			return -EFAULT;
		perm_in(&host.shm_perm, &in.perm);
		return user_host_call(
			SYS_shmctl,
			(uint64_t[6]){args[0], (uint64_t)cmd, (uint64_t)&host});
	}
	return user_host_call(SYS_shmctl,
			      (uint64_t[6]){args[0], (uint64_t)cmd});
}
