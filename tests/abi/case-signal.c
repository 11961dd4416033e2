/* SPDX-License-Identifier: MIT */
/*
 * What a signal handler may do that runs while its thread is in an ioctl: all
 * that it may elsewhere. Linux runs it when the request has been left: the
 * vCPU is not busy, registers are those of the exit, siglongjmp() leaves
 * nothing behind.
 */
#include "abi.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#define COUNTER 0x8000 /* where the guest counts, in vm.ram */

static struct abi_vm vm;
static pthread_t self;
static void (*work)(void); /* the handler's */
static atomic_uint handled;

/* Relaxed: for any stronger order ThreadSanitizer takes a lock, and a handler
 * in the middle of that waits for itself. */
static unsigned int handled_now(void)
{
	return atomic_load_explicit(&handled, memory_order_relaxed);
}
static atomic_bool stop;

static uint64_t counter(void)
{
	return *(volatile uint64_t *)(vm.ram + COUNTER);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	atomic_fetch_add_explicit(&handled, 1, memory_order_relaxed);
	if (work)
		work();
}

static void handler_install(int sig, int flags)
{
	struct sigaction act = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | flags,
	};

	OK(sigaction(sig, &act, NULL));
}

/* A guest that counts in its memory for ever. */
static void guest_make(void)
{
	abi_vm_open(&vm, ABI_NO_GIC);
	GUEST(&vm, 0, 0x58000101, /* ldr x1, =GUEST_BASE + COUNTER */
	      ASM_LDR(0, 1), ASM_ADD_IMM(0, 0, 1), ASM_STR(0, 1), ASM_B(-3),
	      ASM_NOP, ASM_NOP, ASM_NOP, (uint32_t)GUEST_BASE + COUNTER, 0);
	self = pthread_self();
	handler_install(SIGUSR1, 0);
}

/* When the guest is seen to run, signals the thread that runs it. */
static void *kick_once(void *arg)
{
	uint64_t before = counter();

	while (counter() == before)
		sched_yield();
	pthread_kill(self, SIGUSR1);
	return NULL;
}

/* KVM_RUN, which a signal ends whose handler does @in_handler. */
static void run_and_handle(void (*in_handler)(void))
{
	pthread_t kicker;

	work = in_handler;
	atomic_store(&handled, 0);
	NEED(!pthread_create(&kicker, NULL, kick_once, NULL));
	REFUSED(ioctl(vm.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(handled_now(), 1);
	pthread_join(kicker, NULL);
}

/* ---- one thing each, out of KVM_RUN -------------------------------------- */

static uint64_t pc_seen;

static void read_pc(void)
{
	pc_seen = reg_get(vm.vcpu, REG_PC);
	/* The exit is there to be seen. */
	EQUAL(vm.run->exit_reason, KVM_EXIT_INTR);
}

static void case_registers(void)
{
	guest_make();
	run_and_handle(read_pc);
	CHECK(pc_seen >= GUEST_BASE && pc_seen <= GUEST_BASE + 16);
	EQUAL(reg_get(vm.vcpu, REG_PC), pc_seen);
}

static void move_pc(void)
{
	reg_set(vm.vcpu, REG_PC, GUEST_BASE + 0x1000);
}

static void case_set_register(void)
{
	guest_make();
	run_and_handle(move_pc);
	EQUAL(reg_get(vm.vcpu, REG_PC), GUEST_BASE + 0x1000);
}

static void protect(void)
{
	OK(mprotect(vm.ram + COUNTER, 0x1000, PROT_READ));
	OK(mprotect(vm.ram + COUNTER, 0x1000, PROT_READ | PROT_WRITE));
	OK(madvise(vm.ram + COUNTER, 0x1000, MADV_DONTNEED));
}

static void case_memory(void)
{
	guest_make();
	run_and_handle(protect);
	run_and_handle(NULL);
}

static void change_slots(void)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 1,
		.guest_phys_addr = GUEST_BASE + GUEST_SIZE,
		.memory_size = 0x10000,
		.userspace_addr = (uintptr_t)vm.ram,
	};

	OK(ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	slot.memory_size = 0;
	OK(ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot));
}

static void case_slots(void)
{
	guest_make();
	run_and_handle(change_slots);
	run_and_handle(NULL);
}

static void run_again(void)
{
	abi_run_nothing(&vm);
}

static void case_run(void)
{
	guest_make();
	run_and_handle(run_again);
}

static void close_vcpu(void)
{
	OK(close(vm.vcpu));
}

static void case_close(void)
{
	guest_make();
	run_and_handle(close_vcpu);
	REFUSED(ioctl(vm.vcpu, KVM_RUN, 0), EBADF);
}

static void make_another(void)
{
	struct abi_vm other;

	abi_vm_open(&other, ABI_NO_GIC);
	OK(close(other.vcpu));
	OK(close(other.vm));
	OK(close(other.kvm));
}

static void case_open(void)
{
	guest_make();
	run_and_handle(make_another);
	run_and_handle(NULL);
}

static void fork_child(void)
{
	int status = -1;
	pid_t pid = fork();

	NEED(pid >= 0);
	if (pid == 0) {
		bool good = ioctl(vm.vcpu, KVM_RUN, 0) < 0 && errno == EIO;

		make_another();
		_exit(!good);
	}
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
}

static void case_fork(void)
{
	guest_make();
	run_and_handle(fork_child);
	run_and_handle(NULL);
}

/* ---- out of the handler by siglongjmp() ---------------------------------- */

static sigjmp_buf out;

static void jump_out(void)
{
	siglongjmp(out, 1);
}

static void case_jump(void)
{
	pthread_t kicker;

	guest_make();
	for (volatile int i = 0; i < 20; i++) {
		work = jump_out;
		if (!sigsetjmp(out, 1)) {
			NEED(!pthread_create(&kicker, NULL, kick_once, NULL));
			ioctl(vm.vcpu, KVM_RUN, 0);
			CHECK(!"the handler left by siglongjmp()");
		}
		pthread_join(kicker, NULL);
	}
	run_and_handle(NULL);
	run_and_handle(read_pc);
}

/* ---- what the handler is told -------------------------------------------- */

#define BURST 5

static volatile int values[2 * BURST], nr_values;

static void on_value(int sig, siginfo_t *info, void *context)
{
	EQUAL(info->si_code, SI_QUEUE);
	EQUAL(info->si_pid, getpid());
	if (nr_values < 2 * BURST)
		values[nr_values++] = info->si_value.sival_int;
	/* The last one may come when KVM_RUN has not yet begun. */
	if (nr_values == BURST)
		vm.run->immediate_exit = 1;
}

static void *kick_burst(void *arg)
{
	uint64_t before = counter();

	while (counter() == before)
		sched_yield();
	for (int i = 1; i <= BURST; i++) {
		union sigval value = {.sival_int = i};

		pthread_sigqueue(self, SIGRTMIN + 1, value);
	}
	return NULL;
}

/* Queued signals come with their values, in order, none lost. */
static void case_values(void)
{
	struct sigaction act = {
		.sa_sigaction = on_value,
		.sa_flags = SA_SIGINFO,
	};
	pthread_t kicker;

	guest_make();
	OK(sigaction(SIGRTMIN + 1, &act, NULL));
	for (int round = 0; round < 20; round++) {
		nr_values = 0;
		NEED(!pthread_create(&kicker, NULL, kick_burst, NULL));
		while (nr_values < BURST)
			REFUSED(ioctl(vm.vcpu, KVM_RUN, 0), EINTR);
		vm.run->immediate_exit = 0;
		pthread_join(kicker, NULL);
		EQUAL(nr_values, BURST);
		for (int i = 0; i < BURST; i++)
			EQUAL(values[i], i + 1);
	}
}

/* The mask that the handler sees, and that is there again after it. */
static uint64_t mask_seen;

static uint64_t mask_now(void)
{
	sigset_t set;
	uint64_t bits;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	memcpy(&bits, &set, sizeof(bits));
	return bits & 0x7fffffff;
}

static void note_mask(void)
{
	mask_seen = mask_now();
}

static void case_mask(void)
{
	sigset_t set;
	uint64_t before;

	guest_make();
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	before = mask_now();
	run_and_handle(note_mask);
	EQUAL(mask_seen, before | 1u << (SIGUSR1 - 1));
	EQUAL(mask_now(), before);
}

/* SA_RESETHAND: the handler runs once, and has gone. */
static void case_one_shot(void)
{
	struct sigaction act;

	guest_make();
	handler_install(SIGUSR1, (int)SA_RESETHAND);
	run_and_handle(read_pc);
	OK(sigaction(SIGUSR1, NULL, &act));
	CHECK(act.sa_handler == SIG_DFL);
}

static void kick_self(void)
{
	if (handled_now() < 3)
		raise(SIGUSR1);
	else
		read_pc();
}

/* SA_NODEFER: the handler is interrupted by its own signal. */
static void case_nodefer(void)
{
	pthread_t kicker;

	guest_make();
	handler_install(SIGUSR1, SA_NODEFER);
	work = kick_self;
	NEED(!pthread_create(&kicker, NULL, kick_once, NULL));
	REFUSED(ioctl(vm.vcpu, KVM_RUN, 0), EINTR);
	pthread_join(kicker, NULL);
	EQUAL(handled_now(), 3);
}

/* A handler that KVM_SET_SIGNAL_MASK's mask lets in, and one it does not. */
static void case_run_mask(void)
{
	struct {
		struct kvm_signal_mask head;
		uint8_t bits[8];
	} mask = {.head.len = 8};
	uint64_t bits = 1u << (SIGUSR2 - 1), before;
	sigset_t pending;

	guest_make();
	handler_install(SIGUSR2, 0);
	memcpy((char *)&mask + offsetof(struct kvm_signal_mask, sigset), &bits,
	       8);
	OK(ioctl(vm.vcpu, KVM_SET_SIGNAL_MASK, &mask));
	before = mask_now();
	run_and_handle(note_mask);
	EQUAL(mask_seen, before | 1u << (SIGUSR1 - 1));
	EQUAL(mask_now(), before);
	sigemptyset(&pending);
	sigpending(&pending);
	CHECK(!sigismember(&pending, SIGUSR1));
}

/* ---- an irqfd ------------------------------------------------------------ */

static int event;

static void add_one(void)
{
	uint64_t one = 1;

	EQUAL(write(event, &one, sizeof(one)), sizeof(one));
}

static void *kick_often(void *arg);

/* A write to an irqfd's eventfd that interrupts another one. */
static void case_irqfd(void)
{
	struct kvm_irqfd irqfd = {.gsi = 3};
	pthread_t kicker;

	abi_vm_open(&vm, ABI_GICV3);
	event = eventfd(0, EFD_NONBLOCK);
	irqfd.fd = (uint32_t)event;
	OK(ioctl(vm.vm, KVM_IRQFD, &irqfd));
	self = pthread_self();
	handler_install(SIGUSR1, 0);
	work = add_one;
	NEED(!pthread_create(&kicker, NULL, kick_often, NULL));
	while (handled_now() < 500)
		add_one();
	atomic_store(&stop, true);
	pthread_join(kicker, NULL);
}

/* ---- in the middle of any request ---------------------------------------- */

static void *kick_often(void *arg)
{
	while (!atomic_load(&stop)) {
		unsigned int before = handled_now();

		pthread_kill(self, SIGUSR1);
		while (handled_now() == before && !atomic_load(&stop))
			sched_yield();
	}
	return NULL;
}

/* Each time something else, and once in a while all of it. */
static void anything(void)
{
	unsigned int n = handled_now();
	int saved = errno;

	switch (n % 8) {
	case 0: reg_get(vm.vcpu, REG_PC); break;
	case 1: protect(); break;
	case 2: change_slots(); break;
	case 3: run_again(); break;
	case 4: close(open("/dev/kvm", O_RDWR)); break;
	case 5:
		n = (unsigned int)abi_create_vm(vm.kvm);
		if ((int)n >= 0)
			close((int)n);
		break;
	case 6: close(dup(vm.vm)); break;
	case 7:
		if (n % 64 == 7)
			fork_child();
		break;
	}
	errno = saved;
}

static void requests(void)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 2,
		.guest_phys_addr = GUEST_BASE + 2 * GUEST_SIZE,
		.memory_size = 0x10000,
		.userspace_addr = (uintptr_t)vm.ram,
	};
	void *page;
	int fd, vcpu;

	reg_set(vm.vcpu, REG_X(5), 5);
	EQUAL(reg_get(vm.vcpu, REG_X(5)), 5);
	OK(ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	slot.memory_size = 0;
	OK(ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	/* Linux leaves the first of these for a signal. */
	do
		fd = abi_create_vm(vm.kvm);
	while (fd < 0 && errno == EINTR);
	vcpu = (int)OK(ioctl(fd, KVM_CREATE_VCPU, 0));
	OK(close(vcpu));
	OK(close(fd));
	page = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	OK(munmap(page, 0x1000));
}

static void case_anything(void)
{
	const unsigned int kicks = abi_times(300, 3000);
	pthread_t kicker;

	guest_make();
	work = anything;
	NEED(!pthread_create(&kicker, NULL, kick_often, NULL));
	while (handled_now() < kicks)
		requests();
	atomic_store(&stop, true);
	pthread_join(kicker, NULL);
}

const struct abi_case cases_signal[] = {
	{"signal/handler-reads-registers", case_registers},
	{"signal/handler-sets-a-register", case_set_register},
	{"signal/handler-changes-mappings", case_memory},
	{"signal/handler-changes-slots", case_slots},
	{"signal/handler-runs-the-vcpu", case_run},
	{"signal/handler-closes-the-vcpu", case_close},
	{"signal/handler-makes-a-vm", case_open},
	{"signal/handler-forks", case_fork},
	{"signal/handler-jumps-out", case_jump},
	{"signal/values-in-order", case_values},
	{"signal/mask-in-the-handler", case_mask},
	{"signal/one-shot-handler", case_one_shot},
	{"signal/handler-in-itself", case_nodefer},
	{"signal/mask-of-the-run", case_run_mask},
	{"signal/irqfd-in-the-handler", case_irqfd, 60},
	{"signal/any-request", case_anything, 60},
	{NULL},
};
