/* SPDX-License-Identifier: MIT */
/*
 * The bridge: a QEMU user-mode plugin, native code in the process of a VMM that
 * is built for another machine. It does what the thunk asks for (bridge-abi.h) and watches the system
 * calls that close descriptors and change mappings.
 *
 * QEMU calls us from its CPU loop after the CPU has left the "running" state
 * and without a lock, so a call may block as long as KVM_RUN does. After we
 * return QEMU delivers the signals it queued meanwhile to the guest.
 *
 * Host memory is guest memory (a 64-bit guest, guest_base 0): checked once per
 * process (bridge_translate()). System calls that QEMU lacks are answered here
 * (bridge-syscalls.h).
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "shim/bridge-abi.h"
#include "shim/bridge-answer.h"
#include "shim/bridge-clock.h"
#include "shim/bridge-exec.h"
#include "shim/bridge-guest.h"
#include "shim/bridge-qemu.h"
#include "shim/bridge-raw.h"
#include "shim/bridge-syscalls.h"
#include "shim/bridge-wake.h"
#include "shim/embed.h"
#include "shim/fd-guard.h"
#include "shim/fdtab.h"
#include "shim/got-hook.h"
#include "shim/qemu-plugin-api.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"
#include "shim/wake-call.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

/*
 * QEMU looks at the version when it has loaded us, and takes those from a least to
 * its own: before 9.0 it knows no 2, since then no less than 2, and a later one may
 * have a higher least. Of what the bridge uses nothing is different from 1 to 7.
 * Each function is one that the version came with.
 */
__attribute__((constructor)) static void plugin_version_choose(void)
{
	static const struct {
		const char *function;
		int version;
	} rows[] = {{"qemu_plugin_num_vcpus", 2},
		    {"qemu_plugin_read_memory_vaddr", 4},
		    {"qemu_plugin_write_register", 5},
		    {"qemu_plugin_set_pc", 6}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (dlsym(RTLD_DEFAULT, rows[i].function))
			qemu_plugin_version = rows[i].version;
}

#define GUEST_MAP_FIXED           0x10
#define GUEST_MAP_FIXED_NOREPLACE 0x100000
#define GUEST_CLOSE_RANGE_CLOEXEC 4

/* What the call in progress on this thread will need when it returns. */
static __thread struct pending_call {
	struct fdtab_closing closing;
	bool closes, remaps, maps;
	uint64_t args[6]; /* of one that may be about a path */
	struct {
		int fd, prot, flags;
		uint64_t len, offset;
	} map;
	struct {
		uint64_t addr, len;
	} range[2];
} pending __attribute__((tls_model("initial-exec")));

/* An instruction of the guest's is where its address says. */
static bool same_memory;

/* ---- the thunk's calls --------------------------------------------------- */

static int64_t bridge_hello(uint64_t ptr)
{
	struct bridge_hello hello;

	if (copy_from_user(&hello, (const void *)ptr, sizeof(hello)) ||
	    hello.magic != BRIDGE_MAGIC || hello.self != ptr)
		return -ENXIO;
	return 0;
}

/*
 * QEMU gives guest real-time signals other host numbers. The thunk blocks one
 * of them between two calls; the bit that appears in the host's mask says
 * which it became. The difference is the same for all of them.
 */
#define GUEST_SIGRTMIN 32 /* the kernel's */
static unsigned int rt_shift;

static int64_t bridge_signal_probe(uint64_t phase)
{
	static __thread uint64_t before
		__attribute__((tls_model("initial-exec")));
	uint64_t now = 0;

	host_raw(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now, sizeof(now));
	if (phase == 0)
		before = now;
	else if (now & ~before)
		rt_shift = (unsigned int)__builtin_ctzll(now & ~before) + 1 -
			   BRIDGE_PROBE_SIGNAL;
	return 0;
}

static uint64_t guest_mask_to_host(uint64_t mask)
{
	uint64_t standard = mask & GENMASK(30, 0);
	uint64_t rt = mask & GENMASK(63, 31);

	return standard | rt << rt_shift;
}

/* Nobody else is asked. */
static int64_t bridge_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	long ret;

	if (is_kvm_run(cmd) && sig_run_restart())
		return BRIDGE_AGAIN;
	if (vmm_before_ioctl(fd, cmd, arg, &ret))
		return ret;
	ret = -ENOSYS;
	vmm_after_ioctl(fd, cmd, arg, &ret);
	return ret;
}

static int64_t bridge_call(uint64_t fn, uint64_t a, uint64_t b, uint64_t c)
{
	switch (fn) {
	case BRIDGE_HELLO: return bridge_hello(a);
	case BRIDGE_OPEN: return embed_open((int)a);
	case BRIDGE_IOCTL: return bridge_ioctl((int)a, (unsigned int)b, c);
	case BRIDGE_KIND: return embed_kind((int)a);
	case BRIDGE_SIGNAL_PROBE: return bridge_signal_probe(a);
	case BRIDGE_UFFD: return host_raw(SYS_userfaultfd, a);
	case BRIDGE_UFFD_IOCTL: return host_raw(SYS_ioctl, a, b, c);
	}
	return -ENOSYS;
}

/* ---- system calls of the guest ------------------------------------------- */

static void pending_range(unsigned int i, uint64_t addr, uint64_t len)
{
	pending.range[i].addr = addr;
	pending.range[i].len = len;
	pending.remaps = true;
}

static void pending_map(int fd, uint64_t len, int prot, int flags,
			uint64_t offset)
{
	pending.map.fd = fd;
	pending.map.len = len;
	pending.map.prot = prot;
	pending.map.flags = flags;
	pending.map.offset = offset;
	pending.maps = true;
}

static void pending_close(uint64_t first, uint64_t last)
{
	fdtab_close_begin(&pending.closing, (unsigned int)first,
			  (unsigned int)last);
	pending.closes = pending.closing.count != 0;
}

static void syscall_watch(int64_t num, const uint64_t args[6])
{
	const uint64_t a1 = args[0], a2 = args[1], a3 = args[2];
	const uint64_t a4 = args[3], a5 = args[4], a6 = args[5];

	switch (num) {
	case GUEST_READ:
		if (embed_may_read_eventfd(a3))
			embed_eventfd_used();
		break;
	case GUEST_CLOSE: pending_close(a1, a1); break;
	case GUEST_DUP3:
		if ((int)a1 != (int)a2)
			pending_close(a2, a2);
		break;
	case GUEST_CLOSE_RANGE:
		if (!(a3 & GUEST_CLOSE_RANGE_CLOEXEC))
			pending_close(a1, a2);
		break;
	case GUEST_MUNMAP:
	case GUEST_MPROTECT:
	case GUEST_MADVISE: pending_range(0, a1, a2); break;
	case GUEST_MMAP:
		if (!(a4 & MAP_ANONYMOUS))
			pending_map((int)a5, a2, (int)a3, (int)a4, a6);
		if ((a4 & GUEST_MAP_FIXED) && !(a4 & GUEST_MAP_FIXED_NOREPLACE))
			pending_range(0, a1, a2);
		break;
	case GUEST_MREMAP:
		pending_range(0, a1, a2);
		if (a4 & MREMAP_FIXED)
			pending_range(1, a5, a3);
		break;
	case GUEST_SHMAT:
		if (a3 & SHM_REMAP)
			pending_range(0, 0, EMBED_ALL_MEMORY);
		break;
	case GUEST_SHMDT: pending_range(0, 0, EMBED_ALL_MEMORY); break;
	}
}

/* What QEMU lacks, or cannot know. Does not return if it was that. */
static void syscall_answer(int64_t num, const uint64_t args[6], int saved)
{
	int64_t ret;

	if (!same_memory || !bridge_answer_known ||
	    (!bridge_syscalls(num, args, &ret) &&
	     !bridge_raw_before(num, args, &ret)))
		return;
	errno = saved;
	bridge_answer(ret);
}

/* Until the first system call; translation is faster without it. */
static void bridge_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, 0);

	same_memory = (uintptr_t)qemu_plugin_insn_haddr(insn) ==
		      qemu_plugin_insn_vaddr(insn);
}

static void bridge_syscall(qemu_plugin_id_t id, unsigned int vcpu, int64_t num,
			   uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
			   uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
	uint64_t args[6] = {a1, a2, a3, a4, a5, a6};
	int saved = errno;

	if (!bridge_answer_known) {
		qemu_plugin_register_vcpu_tb_trans_cb(id, NULL);
		bridge_answer_learn_before();
	}
	if (num == BRIDGE_SYSCALL) {
		int64_t result = bridge_call(a1, a3, a4, a5);

		copy_to_user((void *)a2, &result, sizeof(result));
		errno = saved;
		return;
	}
	num = bridge_guest_call(num, args);
	if (num == GUEST_EXECVE) {
		bridge_exec_begin(a1, a2, a3);
	} else {
		syscall_answer(num, args, saved);
		memcpy(pending.args, args, sizeof(pending.args));
		if (fdtab_in_use())
			syscall_watch(num, args);
	}
	errno = saved;
}

static void bridge_syscall_ret(qemu_plugin_id_t id, unsigned int vcpu,
			       int64_t num, int64_t ret)
{
	int saved = errno;

	/* Done, and its result written where the thunk finds it. */
	if (num == BRIDGE_SYSCALL)
		return;
	if (!bridge_answer_known)
		bridge_answer_learn_after();
	num = bridge_guest_number(num);
	if (num == GUEST_EXECVE)
		bridge_exec_failed();
	wake_call_done(pending.args, ret);
	if ((num == GUEST_WRITE || num == GUEST_WRITEV) &&
	    embed_may_have_written_eventfd(ret))
		embed_eventfd_used();
	if (pending.closes) {
		pending.closes = false;
		fdtab_close_end(&pending.closing);
	}
	if (pending.remaps) {
		pending.remaps = false;
		for (unsigned int i = 0; i < 2; i++) {
			embed_memory_changed(pending.range[i].addr,
					     pending.range[i].len);
			pending.range[i].len = 0;
		}
	}
	if (pending.maps) {
		pending.maps = false;
		/* All architectures' flags and protections are alike here. */
		if (ret >= 0 || ret < -4095)
			embed_mapped(pending.map.fd, (unsigned long)ret,
				     pending.map.len, pending.map.prot,
				     pending.map.flags, pending.map.offset);
	}
	if (same_memory && bridge_answer_known &&
	    bridge_raw_after(num, pending.args, &ret)) {
		errno = saved;
		bridge_answer(ret);
	}
	errno = saved;
}

/* ---- start --------------------------------------------------------------- */

/* Takes the place of sigaction() in QEMU's import table. */
static int qemu_sigaction(int sig, const struct sigaction *act,
			  struct sigaction *old)
{
	int ret = sig_action(sig, act, old);

	if (ret < 0) {
		errno = -ret;
		return -1;
	}
	return 0;
}

/*
 * The guest's close(), dup3() and close_range() are made by QEMU through these
 * names, and so are its own. What the model holds is kept out of both here.
 */
static long qemu_edge(long ret)
{
	if (ret < 0 && ret > -4096) {
		errno = (int)-ret;
		return -1;
	}
	return ret;
}

static int qemu_close(int fd)
{
	return (int)qemu_edge(fd_guard_close(fd));
}

static int qemu_dup3(int from, int to, int flags)
{
	return (int)qemu_edge(fd_guard_dup3(from, to, flags));
}

static long qemu_syscall(long nr, long a, long b, long c, long d, long e,
			 long f)
{
	if (nr == SYS_close_range)
		return qemu_edge(fd_guard_close_range((unsigned int)a,
						      (unsigned int)b, (int)c));
	return qemu_edge(host_raw(nr, a, b, c, d, e, f));
}

static int qemu_close_range(unsigned int first, unsigned int last, int flags)
{
	return (int)qemu_edge(fd_guard_close_range(first, last, flags));
}

/* What a QEMU makes otherwise the model has to find out. */
static void guard_install(void)
{
	const bool all = got_hook("close", (void *)qemu_close) > 0 &&
			 got_hook("dup3", (void *)qemu_dup3) > 0 &&
			 got_hook("syscall", (void *)qemu_syscall) > 0;

	/* QEMU 7.2 does not have it. */
	got_hook("close_range", (void *)qemu_close_range);
	if (all)
		held_fd_all_seen();
	else
		log_warn("cannot see how this QEMU closes descriptors");
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_head *info,
			int argc, char **argv)
{
	int n;

	if (info->system_emulation || !bridge_guest_choose(info->target_name)) {
		log_error("the bridge is for qemu-aarch64 and qemu-ppc64le, "
			  "not for this QEMU");
		return 1;
	}
	n = got_hook("sigaction", (void *)qemu_sigaction);
	if (n <= 0) {
		log_error("cannot see the signal handlers of this QEMU (%d)",
			  n);
		return 1;
	}
	guard_install();
	/* As QEMU 7.2 has it; the thunk asks (bridge_signal_probe()). */
	rt_shift = (unsigned int)SIGRTMIN - GUEST_SIGRTMIN;
	if (bridge_guest->clock && bridge_clock_init() <= 0)
		log_warn("the VMM's own CNTVCT_EL0 is not the guests' counter "
			 "under this QEMU");
	bridge_exec_init();
	bridge_qemu_init();
	sig_two_step = true;
	sig_translate_mask = guest_mask_to_host;
	embed_init();
	qemu_plugin_register_vcpu_tb_trans_cb(id, bridge_translate);
	qemu_plugin_register_vcpu_syscall_cb(id, bridge_syscall);
	qemu_plugin_register_vcpu_syscall_ret_cb(id, bridge_syscall_ret);
	return 0;
}
