/* SPDX-License-Identifier: MIT */
/*
 * A guest access that waits for the VMM to provide the page (userfaultfd): what
 * the VMM may do meanwhile, without having provided it. Postcopy migration and
 * snapshots with lazily loaded memory do.
 */
#include "abi.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#define LAZY  0x40000ull /* the page that is not there, in vm.ram */
#define OTHER 0x60000ull

static struct abi_vm vm;
static int uffd;
static void (*meanwhile)(void); /* on the handler's thread */

static void lazy_page(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register reg = {
		.range = {(uintptr_t)vm.ram + LAZY, 0x1000},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0)
		abi_skip("no userfaultfd");
	NEED(ioctl(uffd, UFFDIO_API, &api) == 0);
	NEED(madvise(vm.ram + LAZY, 0x1000, MADV_DONTNEED) == 0);
	NEED(ioctl(uffd, UFFDIO_REGISTER, &reg) == 0);
}

static void *provider(void *arg)
{
	static uint64_t content[512] = {0x1234};
	struct uffdio_copy copy = {
		.dst = (uintptr_t)vm.ram + LAZY,
		.src = (uintptr_t)content,
		.len = 0x1000,
	};
	struct uffd_msg msg;

	NEED(read(uffd, &msg, sizeof(msg)) == sizeof(msg));
	EQUAL(msg.event, UFFD_EVENT_PAGEFAULT);
	usleep(2000); /* the other thread sleeps in its fault by now */
	meanwhile();
	NEED(ioctl(uffd, UFFDIO_COPY, &copy) == 0);
	return NULL;
}

/* A guest that reads the page, adds one, and leaves by MMIO; @work while its
 * read waits. */
static void run_lazily(void (*work)(void))
{
	pthread_t thread;

	lazy_page();
	GUEST(&vm, 0, ASM_MOVZ(1, 0x4004, 1), /* GUEST_BASE + LAZY */
	      ASM_LDR(0, 1), ASM_ADD_IMM(0, 0, 1), ASM_STR(0, 1),
	      ASM_MOVZ(2, 0x0900, 1), ASM_STR(0, 2), ASM_B_SELF);
	meanwhile = work;
	NEED(!pthread_create(&thread, NULL, provider, NULL));
	EQUAL(abi_run(&vm), KVM_EXIT_MMIO);
	EQUAL(*(volatile uint64_t *)(vm.ram + LAZY), 0x1235);
	pthread_join(thread, NULL);
}

static void change_mappings(void)
{
	void *at = vm.ram + OTHER;

	OK(mprotect(at, 0x1000, PROT_READ));
	OK(mprotect(at, 0x1000, PROT_READ | PROT_WRITE));
	OK(madvise(at, 0x1000, MADV_DONTNEED));
	CHECK(mmap(at, 0x1000, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
}

static void case_mappings(void)
{
	abi_vm_open(&vm, ABI_NO_GIC);
	run_lazily(change_mappings);
}

/* Another vCPU's registers, and its reset after it has run. */
static int second;
static struct kvm_run *second_run;

static void use_second(void)
{
	struct kvm_vcpu_init init;

	reg_set(second, REG_X(3), 3);
	EQUAL(reg_get(second, REG_X(3)), 3);
	OK(ioctl(vm.vm, KVM_ARM_PREFERRED_TARGET, &init));
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	OK(ioctl(second, KVM_ARM_VCPU_INIT, &init));
}

static void second_make(uint64_t pc)
{
	second = abi_vcpu(&vm, 1, &second_run);
	reg_set(second, REG_PC, pc);
}

static void case_second(void)
{
	abi_vm_open(&vm, ABI_NO_GIC);
	second_make(GUEST_BASE + 0x1000);
	GUEST(&vm, 0x1000, ASM_MOVZ(2, 0x0900, 1), ASM_STR(0, 2));
	OK(ioctl(second, KVM_RUN, 0));
	EQUAL(second_run->exit_reason, KVM_EXIT_MMIO);
	run_lazily(use_second);
}

/* A vCPU that invalidates and waits for the other one's completion. */
static void on_signal(int sig)
{
}

static void *second_thread(void *arg)
{
	REFUSED(ioctl(second, KVM_RUN, 0), EINTR);
	return NULL;
}

static void stop_second(void)
{
	pthread_t thread;

	NEED(!pthread_create(&thread, NULL, second_thread, NULL));
	usleep(50000);
	/* One that comes before KVM_RUN has no effect. */
	do {
		pthread_kill(thread, SIGUSR1);
		usleep(1000);
	} while (pthread_tryjoin_np(thread, NULL));
	CHECK(reg_get(second, REG_PC) <= GUEST_BASE + 0x1010);
}

static void case_barrier(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &act, NULL);
	abi_vm_open(&vm, ABI_NO_GIC);
	second_make(GUEST_BASE + 0x1000);
	GUEST(&vm, 0x1000, 0xd508831f, /* tlbi vmalle1is */
	      0xd5033f9f,              /* dsb sy */
	      0xd5033fdf,              /* isb */
	      ASM_ADD_IMM(5, 5, 1), ASM_B(-4));
	run_lazily(stop_second);
}

/* ---- signals ------------------------------------------------------------- */

static pthread_t vcpu_thread;
static atomic_int handled;

static void on_counted_signal(int sig)
{
	handled++;
}

static void signal_vcpu(void)
{
	pthread_kill(vcpu_thread, SIGUSR1);
	usleep(20000);
	EQUAL(handled, 0);
}

/* A signal does not end the wait; its handler runs when KVM_RUN has left. */
static void case_signal(void)
{
	struct sigaction act = {.sa_handler = on_counted_signal};

	sigaction(SIGUSR1, &act, NULL);
	vcpu_thread = pthread_self();
	abi_vm_open(&vm, ABI_NO_GIC);
	run_lazily(signal_vcpu);
	EQUAL(handled, 1);
}

/* ---- dirty logs ---------------------------------------------------------- */

static uint64_t bitmap[GUEST_SIZE / 0x1000 / 64];

static bool lazy_is_dirty(void)
{
	struct kvm_dirty_log log = {.dirty_bitmap = bitmap};

	OK(ioctl(vm.vm, KVM_GET_DIRTY_LOG, &log));
	return bitmap[LAZY / 0x1000 / 64] >> LAZY / 0x1000 % 64 & 1;
}

static void get_log(void)
{
	lazy_is_dirty();
}

static void log_start(void)
{
	struct kvm_userspace_memory_region slot = {
		.flags = KVM_MEM_LOG_DIRTY_PAGES,
		.guest_phys_addr = GUEST_BASE,
		.memory_size = GUEST_SIZE,
		.userspace_addr = (uintptr_t)vm.ram,
	};

	OK(ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot));
}

/* The store waits; a log that is taken meanwhile may have its page or not, but
 * the next one has it. */
static void case_dirty_log(void)
{
	pthread_t thread;

	abi_vm_open(&vm, ABI_NO_GIC);
	lazy_page();
	log_start();
	GUEST(&vm, 0, ASM_MOVZ(1, 0x4004, 1), ASM_STR(1, 1),
	      ASM_MOVZ(2, 0x0900, 1), ASM_STR(0, 2), ASM_B_SELF);
	meanwhile = get_log;
	NEED(!pthread_create(&thread, NULL, provider, NULL));
	EQUAL(abi_run(&vm), KVM_EXIT_MMIO);
	pthread_join(thread, NULL);
	EQUAL(*(volatile uint64_t *)(vm.ram + LAZY), GUEST_BASE + LAZY);
	CHECK(lazy_is_dirty());
	CHECK(!lazy_is_dirty());
}

const struct abi_case cases_uffd[] = {
	{"uffd/mappings-change-meanwhile", case_mappings},
	{"uffd/another-vcpu-meanwhile", case_second},
	{"uffd/a-barrier-meanwhile", case_barrier},
	{"uffd/a-signal-meanwhile", case_signal},
	{"uffd/dirty-log-meanwhile", case_dirty_log},
	{NULL},
};
