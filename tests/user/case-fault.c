/* SPDX-License-Identifier: MIT */
/*
 * Signals that instructions raise, what is in their frames, and deaths.
 */
#include "tests/user/machine.h"
#include "tests/user/noted.h"
#include "tests/user/user.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static void fault(int sig, int code, uint64_t addr, void (*fn)(uint64_t),
		  uint64_t arg)
{
	int before = hits;

	memset((void *)&seen, 0, sizeof(seen));
	if (!sigsetjmp(back, 1))
		fn(arg);
	CHECK_EQ(hits, before + 1);
	CHECK_EQ(seen.si_signo, sig);
	CHECK_EQ(seen.si_code, code);
	CHECK_EQ((uintptr_t)seen.si_addr, addr);
}

static void load(uint64_t at)
{
	(void)*(volatile uint32_t *)at;
}

static void store(uint64_t at)
{
	*(volatile uint32_t *)at = 1;
}

static void call(uint64_t at)
{
	((void (*)(void))at)();
}

static void memory(void)
{
	uint64_t page = (uintptr_t)mmap(NULL, 8192, PROT_READ,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	install(SIGSEGV, jump, 0);
	install(SIGBUS, jump, 0);
	for (int k = 0; k < 3; k++) {
		fault(SIGSEGV, SEGV_MAPERR, 16, load, 16);
		fault(SIGSEGV, SEGV_MAPERR, 16, store, 16);
		fault(SIGSEGV, SEGV_ACCERR, page + 8, store, page + 8);
		CHECK_EQ(seen_fault, page + 8);
		fault(SIGSEGV, SEGV_ACCERR, page, call, page);
		fault(SIGSEGV, SEGV_MAPERR, 4096, call, 4096);
		fault(SIGBUS, BUS_ADRALN, page + 2, call, page + 2);
	}
	CHECK_EQ(munmap((void *)page, 4096), 0);
	fault(SIGSEGV, SEGV_MAPERR, page, load, page);
}

static void syndrome(void)
{
	uint64_t page = (uintptr_t)mmap(NULL, 4096, PROT_READ,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	install(SIGSEGV, jump, 0);
	fault(SIGSEGV, SEGV_ACCERR, page, store, page);
	CHECK(seen_store);
	fault(SIGSEGV, SEGV_MAPERR, 0, load, 0);
	CHECK(seen_load);
}

static void end_of_file(void)
{
	char name[] = "/tmp/case-signal-XXXXXX";
	int fd = mkstemp(name);
	uint64_t at;

	CHECK(fd >= 0);
	unlink(name);
	at = (uintptr_t)mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	install(SIGBUS, jump, 0);
	fault(SIGBUS, BUS_ADRERR, at + 64, load, at + 64);
}

static void undefined(uint64_t arg)
{
	(void)arg;
	__asm__ volatile(UNDEFINED);
}

static void breakpoint(uint64_t arg)
{
	(void)arg;
	__asm__ volatile(BREAKPOINT);
}

static void instructions(void)
{
	install(SIGILL, jump, 0);
	install(SIGTRAP, jump, 0);
	for (int k = 0; k < 3; k++) {
		fault(SIGILL, ILL_ILLOPC, code_address(undefined), undefined,
		      0);
		fault(SIGTRAP, TRAP_BRKPT, code_address(breakpoint), breakpoint,
		      0);
	}
}

static void debug_register(uint64_t arg)
{
	(void)arg;
	__asm__ volatile(DEBUG_REGISTER ::: "r0");
}

static void debug_registers(void)
{
	install(SIGILL, jump, 0);
	fault(SIGILL, ILL_ILLOPC, code_address(debug_register), debug_register,
	      0);
}

static void skip(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	note(sig, info, context);
	*context_pc(uc) += 4;
	*context_r3(uc) = 77;
}

/* The frame is what the program goes on with. */
static void changed_frame(void)
{
	uint64_t val;

	install(SIGSEGV, skip, 0);
	for (int k = 0; k < 10; k++) {
		LOAD_16(val);
		CHECK_EQ(val, 77);
		CHECK_EQ(hits, k + 1);
	}
}

static void death(int sig, void (*fn)(uint64_t), uint64_t arg, int blocked)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		sigset_t set;

		close(2);
		set_of(&set, blocked, 0);
		sigprocmask(SIG_SETMASK, &set, NULL);
		if (blocked < 0)
			signal(sig, SIG_IGN);
		fn(arg);
		_Exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), sig);
}

static void send_self(uint64_t sig)
{
	kill(getpid(), (int)sig);
	usleep(1000);
}

static void deaths(void)
{
	death(SIGSEGV, load, 8, 0);
	death(SIGSEGV, load, 8, SIGSEGV);
	death(SIGILL, undefined, 0, 0);
	death(SIGTRAP, breakpoint, 0, SIGTRAP);
	death(SIGTERM, send_self, SIGTERM, 0);
	death(SIGSEGV, send_self, SIGSEGV, 0);
	death(SIGKILL, send_self, SIGKILL, 0);
	death(SIGRTMIN, send_self, (uint64_t)SIGRTMIN, 0);
}

/* Blocked and ignored, when somebody sends what faults raise. */
static void sent_fault(void)
{
	sigset_t set;

	set_of(&set, SIGSEGV, SIGBUS);
	install(SIGSEGV, note, 0);
	install(SIGBUS, note, 0);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	kill(getpid(), SIGSEGV);
	raise(SIGBUS);
	CHECK_EQ(hits, 0);
	CHECK_EQ(sigpending(&set), 0);
	CHECK(sigismember(&set, SIGSEGV) && sigismember(&set, SIGBUS));
	CHECK_EQ(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	CHECK_EQ(hits, 2);
	signal(SIGSEGV, SIG_IGN);
	raise(SIGSEGV);
	CHECK_EQ(hits, 2);
}

static unsigned long other_state;

static void change_state(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	*context_pstate(context) ^= other_state;
}

static void come_back_otherwise(uint64_t bits)
{
	other_state = bits;
	install(SIGUSR1, change_state, 0);
	raise(SIGUSR1);
}

/* F, I, A, another mode, the other execution state: no program has them, and a frame
 * that has is none. */
static void refused_state(void)
{
	static const unsigned int bits[] = {0x40, 0x80, 0x100, 4, 0x10};

	for (unsigned int k = 0; k < sizeof(bits) / sizeof(*bits); k++)
		death(SIGSEGV, come_back_otherwise, bits[k], 0);
}

const struct user_case fault_cases[] = {
	{"signal/memory", memory, "SIGBUS of a misaligned PC is another"},
	{"signal/syndrome", syndrome, "has none"},
	{"signal/end-of-file", end_of_file, NULL},
	{"signal/instructions", instructions, "another si_code"},
	{"signal/debug-registers", debug_registers, "they are read"},
	{"signal/changed-frame", changed_frame, NULL},
	{"signal/refused-state", refused_state, "takes it"},
	{"signal/deaths", deaths, NULL},
	{"signal/sent-fault", sent_fault,
	 "a SIGSEGV that is blocked is not pending"},
	{NULL, NULL, NULL},
};
