/* SPDX-License-Identifier: MIT */
/*
 * The kernel model's answers, request by request: values, errnos and their
 * order as in Linux 6.12 (the ABI tables of the project). Runs without shim,
 * through tests/kernel/kvm-host.c.
 */
#include "test-kvm.h"

#include "base/sysreg-enc.h"
#include "base/types.h"
#include "tests/cpu/engines.h"
#include "tests/tsan.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

struct test_vm t;

struct kernel_clock_options test_options(void)
{
	struct kernel_clock_options o = KERNEL_CLOCK_DEFAULTS;
	const char *name = getenv("FAUXKVM_CPU");

	if (name && !strcmp(name, "interp"))
		o.cpu = KERNEL_CPU_INTERP;
	return o;
}

static int vcpu_open(unsigned int id)
{
	int vcpu = KVM(t.vm, KVM_CREATE_VCPU, id);

	ck_assert_int_gt(vcpu, 0);
	return vcpu;
}

static void vcpu_init(int vcpu)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1 << KVM_ARM_VCPU_PSCI_0_2}};

	ASK(0, vcpu, KVM_ARM_VCPU_INIT, &init);
}

void test_vm_open_rings(uint64_t bytes)
{
	struct kvm_userspace_memory_region r = {.guest_phys_addr = GUEST_BASE,
						.memory_size = GUEST_SIZE};
	struct kvm_enable_cap rings = {.cap = KVM_CAP_DIRTY_LOG_RING_ACQ_REL,
				       .args = {bytes}};

	kvm_host_init();
	t.sys = kvm_host_open();
	t.vm = KVM(t.sys, KVM_CREATE_VM, 0);
	ck_assert_int_gt(t.vm, 0);
	if (bytes)
		ASK(0, t.vm, KVM_ENABLE_CAP, &rings);
	t.vcpu = vcpu_open(0);
	t.run = kvm_host_pages(t.vcpu);
	t.ram = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(t.ram, MAP_FAILED);
	tsan_guest_memory(t.ram, GUEST_SIZE);
	r.userspace_addr = (uintptr_t)t.ram;
	ASK(0, t.vm, KVM_SET_USER_MEMORY_REGION, &r);
	vcpu_init(t.vcpu);
}

void test_vm_open(void)
{
	test_vm_open_rings(0);
}

void test_vm_close(void)
{
	kvm_host_close(t.vcpu);
	kvm_host_close(t.vm);
	kvm_host_close(t.sys);
	munmap(t.ram, GUEST_SIZE);
	ck_assert_uint_eq(kvm_host_count(), 0);
}

int test_vcpus[TEST_VCPUS];
static unsigned int nr_vcpus;

void test_vcpus_open(unsigned int number)
{
	test_vcpus[0] = t.vcpu;
	for (nr_vcpus = 1; nr_vcpus < number; nr_vcpus++) {
		test_vcpus[nr_vcpus] = vcpu_open(nr_vcpus);
		vcpu_init(test_vcpus[nr_vcpus]);
	}
}

void test_vcpus_close(void)
{
	while (nr_vcpus > 1)
		kvm_host_close(test_vcpus[--nr_vcpus]);
}

static void open_host_time(void)
{
	struct kernel_clock_options o = test_options();

	ck_assert_int_eq(kernel_set_clock(&o), 0);
	test_vm_open();
}

TCase *case_with_vm(Suite *s, const char *name)
{
	TCase *c = tcase_create(name);

	tcase_add_checked_fixture(c, open_host_time, test_vm_close);
	tcase_set_timeout(c, 60);
	suite_add_tcase(s, c);
	return c;
}

static void attr_set(int fd, uint32_t group, uint64_t attr, uint64_t val)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)&val};

	ASK(0, fd, KVM_SET_DEVICE_ATTR, &a);
}

int test_vm_gicv3(void)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};

	ASK(0, t.vm, KVM_CREATE_DEVICE, &cd);
	attr_set(cd.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST,
		 0x8000000);
	attr_set(cd.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST,
		 0x80a0000);
	attr_set(cd.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		 0);
	return cd.fd;
}

uint64_t reg_get(uint64_t id)
{
	uint64_t val = 0;
	struct kvm_one_reg reg = {id, (uintptr_t)&val};

	ASK(0, t.vcpu, KVM_GET_ONE_REG, &reg);
	return val;
}

void reg_set_of(int vcpu, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {id, (uintptr_t)&val};

	ASK(0, vcpu, KVM_SET_ONE_REG, &reg);
}

void reg_set(uint64_t id, uint64_t val)
{
	reg_set_of(t.vcpu, id, val);
}

void guest_load(uint64_t off, const uint32_t *code, size_t words)
{
	memcpy(t.ram + off, code, words * 4);
	reg_set(REG_PC, GUEST_BASE + off);
}

#define REG_SYS(op0, op1, crn, crm, op2) \
	(0x6030000000130000ull | SYSREG_ENC(op0, op1, crn, crm, op2))

void guest_mmu_on(int vcpu)
{
	uint64_t *table = (uint64_t *)(t.ram + GUEST_TABLE);

	table[0] = 0x0ull | 1 | 3 << 8 | 1 << 10;
	table[1] = GUEST_BASE | 1 | 3 << 8 | 1 << 10;
	reg_set_of(vcpu, REG_SYS(3, 0, 10, 2, 0), 0xff); /* MAIR_EL1 */
	reg_set_of(vcpu, REG_SYS(3, 0, 2, 0, 2),         /* TCR_EL1 */
		   25 | 1 << 8 | 1 << 10 | 3 << 12 | BIT(23) | BIT(33));
	reg_set_of(vcpu, REG_SYS(3, 0, 2, 0, 0), GUEST_BASE + GUEST_TABLE);
	reg_set_of(vcpu, REG_SYS(3, 0, 12, 0, 0), GUEST_BASE + GUEST_VECTORS);
	reg_set_of(vcpu, REG_SYS(3, 0, 1, 0, 2), 3 << 20); /* CPACR_EL1 */
	reg_set_of(vcpu, REG_SYS(3, 0, 1, 0, 0),           /* SCTLR_EL1 */
		   0x30d00800 | 1 | BIT(2) | BIT(12));
}

static pthread_t run_thread;

static void on_signal(int sig)
{
	kernel_signal_arrived();
}

static void *run_main(void *arg)
{
	return (void *)KVM((int)(intptr_t)arg, KVM_RUN, 0);
}

void run_start(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &sa, NULL);
	ck_assert_int_eq(pthread_create(&run_thread, NULL, run_main,
					(void *)(intptr_t)t.vcpu),
			 0);
}

long run_wait(void)
{
	void *ret;

	pthread_join(run_thread, &ret);
	return (long)ret;
}

long run_stop(void)
{
	void *ret;

	/* A signal before KVM_RUN began has no effect: again, until it ends. */
	do {
		pthread_kill(run_thread, SIGUSR1);
		usleep(1000);
	} while (pthread_tryjoin_np(run_thread, &ret));
	return (long)ret;
}

int main(void)
{
	Suite *s = suite_create("kvm");

	add_tests_system(s);
	add_tests_host(s);
	add_tests_host_file(s);
	add_tests_memory(s);
	add_tests_vcpu(s);
	add_tests_run(s);
	add_tests_irq(s);
	add_tests_event(s);
	add_tests_trace(s);
	add_tests_clock(s);
	add_tests_record(s);
	add_tests_running(s);
	add_tests_harvest(s);
	return check_run_engines(srunner_create(s));
}
