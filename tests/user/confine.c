/* SPDX-License-Identifier: MIT */
/*
 * Execute a program as a container without privilege has it: a filter that refuses
 * what those of container engines refuse by default, and no capability nor a way to
 * one, for root either. Rows of the calls, as such engines document them, for x86-64.
 *
 *   confine COMMAND [ARGUMENT...]
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* EPERM whatever the arguments. */
static const int refused[] = {
	SYS_acct,
	SYS_add_key,
	SYS_bpf,
	SYS_clock_adjtime,
	SYS_clock_settime,
	SYS_delete_module,
	SYS_fanotify_init,
	SYS_finit_module,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fsopen,
	SYS_fspick,
	SYS_get_mempolicy,
	SYS_init_module,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	SYS_io_uring_setup,
	SYS_ioperm,
	SYS_iopl,
	SYS_kcmp,
	SYS_kexec_file_load,
	SYS_kexec_load,
	SYS_keyctl,
	SYS_lookup_dcookie,
	SYS_mbind,
	SYS_mount,
	SYS_mount_setattr,
	SYS_move_mount,
	SYS_move_pages,
	SYS_name_to_handle_at,
	SYS_open_by_handle_at,
	SYS_open_tree,
	SYS_perf_event_open,
	SYS_pivot_root,
	SYS_process_madvise,
	SYS_ptrace,
	SYS_quotactl,
	SYS_reboot,
	SYS_request_key,
	SYS_set_mempolicy,
	SYS_setdomainname,
	SYS_sethostname,
	SYS_setns,
	SYS_settimeofday,
	SYS_swapoff,
	SYS_swapon,
	SYS_syslog,
	SYS_umount2,
	SYS_unshare,
	SYS_userfaultfd,
	SYS_vhangup,
};

/* Calls that are newer than a filter: ENOSYS. */
static const int unknown[] = {
	SYS_clone3,
	SYS_process_mrelease,
	SYS_futex_waitv,
};

#define MAX_INSNS 256

static struct sock_filter insns[MAX_INSNS];
static unsigned short nr_insns;

static void emit(unsigned int code, unsigned int k, unsigned int jt,
		 unsigned int jf)
{
	if (nr_insns == MAX_INSNS)
		abort();
	insns[nr_insns++] = (struct sock_filter)BPF_JUMP(code, k, jt, jf);
}

static void load(size_t offset)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

static void ret(unsigned int verdict)
{
	emit(BPF_RET | BPF_K, verdict, 0, 0);
}

static void if_equal_ret(unsigned int value, unsigned int verdict)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	ret(verdict);
}

#define ARG(n)  (offsetof(struct seccomp_data, args) + 8 * (n))
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

static void filter_make(void)
{
	load(offsetof(struct seccomp_data, arch));
	emit(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
	ret(REFUSED);
	load(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if_equal_ret((unsigned int)refused[i], REFUSED);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		if_equal_ret((unsigned int)unknown[i],
			     SECCOMP_RET_ERRNO | ENOSYS);
	/* Namespaces. */
	emit(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
	load(ARG(0));
	emit(BPF_JMP | BPF_JSET | BPF_K,
	     CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
		     CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP,
	     0, 1);
	ret(REFUSED);
	ret(SECCOMP_RET_ALLOW);
	emit(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4);
	load(ARG(0));
	emit(BPF_JMP | BPF_JEQ | BPF_K, AF_VSOCK, 0, 1);
	ret(REFUSED);
	ret(SECCOMP_RET_ALLOW);
	/* Linux, UNAME26, both of the 32-bit one, and asking. */
	emit(BPF_JMP | BPF_JEQ | BPF_K, SYS_personality, 0, 12);
	load(ARG(0));
	if_equal_ret(0, SECCOMP_RET_ALLOW);
	if_equal_ret(0x8, SECCOMP_RET_ALLOW);
	if_equal_ret(0x20000, SECCOMP_RET_ALLOW);
	if_equal_ret(0x20008, SECCOMP_RET_ALLOW);
	if_equal_ret(0xffffffff, SECCOMP_RET_ALLOW);
	ret(REFUSED);
	ret(SECCOMP_RET_ALLOW);
}

int main(int argc, char **argv)
{
	struct sock_fprog prog = {.filter = insns};

	if (argc < 2)
		return 2;
	filter_make();
	prog.len = nr_insns;
	/* What root would have after exec is bounded by this. */
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (getuid() == 0 && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0)) {
			perror("confine: capabilities");
			return 77;
		}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)) {
		perror("confine: seccomp");
		return 77;
	}
	execv(argv[1], argv + 1);
	fprintf(stderr, "confine: %s: %s\n", argv[1], strerror(errno));
	return 2;
}
