/* SPDX-License-Identifier: MIT */
/*
 * seccomp: filters do to system calls what they say.
 */
#include "tests/user/machine.h"
#include "tests/user/user.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATA(field) offsetof(struct seccomp_data, field)

/* For call @nr @action, unless its second argument is @but. */
static long filter(int nr, uint32_t action, uint32_t but, unsigned int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA(arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE_AUDIT, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA(nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA(args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, but, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, action),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

#define NEVER 0xffff0000

static bool is_filtered(int err)
{
	errno = 0;
	return getpriority(PRIO_PROCESS, 0) == -1 && errno == err;
}

static void answers(void)
{
	CHECK_EQ(prctl(PR_GET_SECCOMP), 0);
	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_ERRNO | 77, 5, 0), 0);
	CHECK(is_filtered(77));
	CHECK_EQ(syscall(SYS_getpriority, PRIO_PROCESS, 5) == -1 && errno == 77,
		 0);
	CHECK(getppid() > 0);
	CHECK_EQ(prctl(PR_GET_SECCOMP), 2);
	/* The newer of the same action is heard; a graver one before it. */
	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_ERRNO | 78, NEVER, 0), 0);
	CHECK(is_filtered(78));
	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_ALLOW, NEVER, 0), 0);
	CHECK(is_filtered(78));
}

static volatile siginfo_t seen;

static void note(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	memcpy((void *)&seen, info, sizeof(seen));
}

static void traps(void)
{
	struct sigaction act = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

	CHECK_EQ(sigaction(SIGSYS, &act, NULL), 0);
	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_TRAP | 99, NEVER, 0), 0);
	CHECK_EQ(syscall(SYS_getpriority, 4711, 0), 4711);
	CHECK_EQ(seen.si_signo, SIGSYS);
	CHECK_EQ(seen.si_code, 1);
	CHECK_EQ(seen.si_errno, 99);
	CHECK_EQ(seen.si_syscall, SYS_getpriority);
	CHECK_EQ(seen.si_arch, MACHINE_AUDIT);
	CHECK(seen.si_call_addr);
}

static void dies(uint32_t action)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		close(2);
		CHECK_EQ(filter(SYS_getpriority, action, NEVER, 0), 0);
		getpriority(PRIO_PROCESS, 0);
		_Exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void kills(void)
{
	dies(SECCOMP_RET_KILL_PROCESS);
	dies(SECCOMP_RET_KILL_THREAD);
	dies(SECCOMP_RET_TRAP);
	dies(0x12340000); /* no action that there is */
}

static void inherited(void)
{
	char *const args[] = {"zero", "--executed", "filtered", NULL};
	int status;
	pid_t pid;

	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_ERRNO | 77, NEVER, 0), 0);
	pid = fork();
	if (!pid) {
		CHECK(is_filtered(77));
		execv("/proc/self/exe", args);
		_Exit(9);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
}

static sem_t begin;

static void *ask(void *arg)
{
	sem_wait(&begin);
	return (void *)(long)is_filtered((int)(long)arg);
}

static void threads(void)
{
	pthread_t t[3];
	void *ret;

	sem_init(&begin, 0, 0);
	for (int k = 0; k < 2; k++)
		CHECK_EQ(pthread_create(&t[k], NULL, ask, (void *)77), 0);
	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_ERRNO | 77, NEVER,
			SECCOMP_FILTER_FLAG_TSYNC),
		 0);
	CHECK_EQ(pthread_create(&t[2], NULL, ask, (void *)77), 0);
	for (int k = 0; k < 3; k++)
		sem_post(&begin);
	for (int k = 0; k < 3; k++) {
		CHECK_EQ(pthread_join(t[k], &ret), 0);
		CHECK_EQ(ret, 1);
	}
}

static void *own_filter(void *arg)
{
	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_ERRNO | 5, NEVER, 0), 0);
	*(pid_t *)arg = gettid();
	sem_post(&begin);
	for (;;)
		pause();
	return NULL;
}

static void out_of_step(void)
{
	pthread_t t;
	pid_t tid;

	sem_init(&begin, 0, 0);
	CHECK_EQ(pthread_create(&t, NULL, own_filter, &tid), 0);
	sem_wait(&begin);
	CHECK_EQ(filter(SYS_getpriority, SECCOMP_RET_ERRNO | 77, NEVER,
			SECCOMP_FILTER_FLAG_TSYNC),
		 tid);
	CHECK(!is_filtered(77));
}

static long install(struct sock_filter *code, unsigned short len)
{
	struct sock_fprog prog = {len, code};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

static void refused(void)
{
	struct sock_filter none[] = {BPF_STMT(BPF_LD | BPF_IMM, 0)};
	struct sock_filter far[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_filter odd[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_filter unwritten[] = {
		BPF_STMT(BPF_LD | BPF_MEM, 3),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_filter zero[] = {
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	uint32_t action = SECCOMP_RET_ERRNO, unknown = 0x00010000;

	CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK(install(none, 1) == -1 && errno == EINVAL);
	CHECK(install(far, 2) == -1 && errno == EINVAL);
	CHECK(install(odd, 2) == -1 && errno == EINVAL);
	CHECK(install(unwritten, 2) == -1 && errno == EINVAL);
	CHECK(install(zero, 2) == -1 && errno == EINVAL);
	CHECK(install(none, 0) == -1 && errno == EINVAL);
	CHECK(install(NULL, 1) == -1 && (errno == EFAULT || errno == EINVAL));
	CHECK_EQ(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action), 0);
	CHECK_EQ(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &unknown),
		 -1);
	CHECK_EQ(errno, EOPNOTSUPP);
	CHECK_EQ(prctl(PR_GET_SECCOMP), 0);
}

static void strict(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		close(2);
		CHECK_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), 0);
		syscall(SYS_exit, 6);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(WEXITSTATUS(status), 6);
	pid = fork();
	if (!pid) {
		close(2);
		CHECK_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), 0);
		getpid();
		syscall(SYS_getpid);
		syscall(SYS_exit, 6);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static const char qemu[] = "filters are not known";

const struct user_case seccomp_cases[] = {
	{"seccomp/answers", answers, qemu},
	{"seccomp/traps", traps, qemu},
	{"seccomp/kills", kills, qemu},
	{"seccomp/inherited", inherited, qemu},
	{"seccomp/threads", threads, qemu},
	{"seccomp/out-of-step", out_of_step, qemu},
	{"seccomp/refused", refused, qemu},
	{"seccomp/strict", strict, qemu},
	{NULL, NULL, NULL},
};
