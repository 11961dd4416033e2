/* SPDX-License-Identifier: MIT */
/*
 * The PowerPC profile from the inside: what tests/ppc cannot ask, since a real
 * kernel's answer depends on chance, or since only the model's own state shows
 * it. Through tests/kernel/kvm-host.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/ppc/ppc.h"
#include "kernel/system.h"
#include "kvm-host.h"
#include "mpic/mpic.h"
#include "tests/check-main.h"
#include "tests/kernel/test-decode.h"

#define ASK(want, fd, cmd, arg) \
	ck_assert_int_eq(kvm_host_ioctl(fd, cmd, (unsigned long)(arg)), want)

static int kvm, vm, vcpu;
static struct kvm_run *run;

static void setup(void)
{
	ck_assert_int_eq(kernel_set_arch("ppc"), 0);
	kvm_host_init();
	kvm = kvm_host_open();
	vm = kvm_host_ioctl(kvm, KVM_CREATE_VM, 0);
	ck_assert_int_gt(vm, 0);
	vcpu = kvm_host_ioctl(vm, KVM_CREATE_VCPU, 0);
	ck_assert_int_gt(vcpu, 0);
	run = kvm_host_pages(vcpu);
}

static void teardown(void)
{
	kvm_host_close(vcpu);
	kvm_host_close(vm);
	kvm_host_close(kvm);
	ck_assert_uint_eq(kvm_host_count(), 0);
}

/* Alive as long as its VM is. */
static struct vcpu *vcpu_object(void)
{
	struct kobj *obj = kvm_host_get(vcpu);

	kobj_put(obj);
	return vcpu_of(obj);
}

static uint32_t pins(void)
{
	return atomic_load(&e500_of(vcpu_object())->pins);
}

START_TEST(names)
{
	ck_assert_int_eq(kernel_set_arch("z80"), -ENOENT);
	ck_assert_str_eq(kernel_arch()->name, "ppc");
	ck_assert_int_eq(kernel_set_profile("default"), -ENOENT);
}
END_TEST

/* A vCPU without a core: one exit, always the same. */
START_TEST(no_core)
{
	for (unsigned int i = 0; i < 2; i++) {
		memset(&run->internal, 0xff, sizeof(run->internal));
		ASK(0, vcpu, KVM_RUN, 0);
		ck_assert_uint_eq(run->exit_reason, KVM_EXIT_INTERNAL_ERROR);
		ck_assert_uint_eq(run->internal.suberror, 1);
		ck_assert_uint_eq(run->internal.ndata, 0);
	}
}
END_TEST

static bool translates(uint64_t addr, uint64_t to)
{
	struct kvm_translation tr = {.linear_address = addr};

	ASK(0, vcpu, KVM_TRANSLATE, &tr);
	if (tr.valid)
		ck_assert_uint_eq(tr.physical_address, to);
	return tr.valid;
}

static void tlb_share(void *array)
{
	struct kvm_book3e_206_tlb_params p = {.tlb_sizes = {64, 16},
					      .tlb_ways = {4, 16}};
	struct kvm_config_tlb cfg = {.params = (uintptr_t)&p,
				     .array = (uintptr_t)array,
				     .array_len = 80 * 24};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB,
				     .args = {(uintptr_t)&cfg}};

	ASK(0, vcpu, KVM_ENABLE_CAP, &cap);
}

/* The entries that a vCPU begins with are not found before KVM looked at them,
 * and an array that the VMM has unmapped holds none. */
START_TEST(tlb)
{
	struct kvm_book3e_206_tlb_entry *array =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_dirty_tlb dirty = {0};

	ck_assert(!translates(0x1234, 0x1234));
	ASK(0, vcpu, KVM_DIRTY_TLB, &dirty);
	ck_assert(translates(0x1234, 0x1234));
	ck_assert(translates(0xe0004500, 0xe0004500));
	ck_assert(!translates(0xe0005000, 0));

	array[64].mas1 = 0x80000000 | 2 << 7;
	array[64].mas7_3 = 0x5000;
	tlb_share(array);
	ck_assert(translates(0x234, 0x5234));
	ck_assert(!translates(0x1234, 0));
	munmap(array, 4096);
	ck_assert(!translates(0x234, 0));
	ASK(0, vcpu, KVM_DIRTY_TLB, &dirty);
	ck_assert(!translates(0x234, 0));
}
END_TEST

/* KVM_INTERRUPT comes to a vCPU that another request has. */
static void *interrupt_thread(void *arg)
{
	struct kvm_interrupt irq = {.irq = KVM_INTERRUPT_SET};

	ASK(0, vcpu, KVM_INTERRUPT, &irq);
	return NULL;
}

START_TEST(interrupt_does_not_wait)
{
	struct vcpu *v = vcpu_object();
	pthread_t thread;

	vcpu_lock(&v->lock);
	ck_assert_int_eq(pthread_create(&thread, NULL, interrupt_thread, NULL),
			 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(pins(), E500_PIN_EDGE);
	ck_assert(vcpu_kicked(v));
	vcpu_unlock(&v->lock);
}
END_TEST

static void mpic_write(int mpic, uint64_t reg, uint32_t val)
{
	struct kvm_device_attr a = {.group = KVM_DEV_MPIC_GRP_REGISTER,
				    .attr = reg,
				    .addr = (uintptr_t)&val};

	ASK(0, mpic, KVM_SET_DEVICE_ATTR, &a);
}

/* The external input: from a pin of the MPIC, and what takes what back. */
START_TEST(external_input)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_FSL_MPIC_20};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_IRQ_MPIC};
	struct kvm_interrupt irq = {.irq = KVM_INTERRUPT_SET};
	struct {
		struct kvm_irq_routing hdr;
		struct kvm_irq_routing_entry entry;
	} routing = {.hdr = {.nr = 1},
		     .entry = {.gsi = 9,
			       .type = KVM_IRQ_ROUTING_IRQCHIP,
			       .u.irqchip.pin = 3}};
	struct kvm_irq_level line = {.irq = 9, .level = 1};

	ASK(0, vm, KVM_CREATE_DEVICE, &cd);
	cap.args[0] = cd.fd;
	ASK(0, vcpu, KVM_ENABLE_CAP, &cap);
	ASK(0, vm, KVM_SET_GSI_ROUTING, &routing);
	mpic_write(cd.fd, 0x1020, 0x20000000);  /* GCR: mixed mode */
	mpic_write(cd.fd, 0x20080, 0);          /* CTPR of CPU 0 */
	mpic_write(cd.fd, 0x10070, 1);          /* IDR 3: CPU 0 */
	mpic_write(cd.fd, 0x10060, 0x00c50077); /* IVPR 3: level, 5 */
	ck_assert_uint_eq(pins(), 0);
	ASK(0, vm, KVM_IRQ_LINE, &line);
	ck_assert_uint_eq(pins(), E500_PIN_LEVEL);
	ASK(0, vcpu, KVM_INTERRUPT, &irq);
	ck_assert_uint_eq(pins(), E500_PIN_LEVEL | E500_PIN_EDGE);
	line.level = 0;
	ASK(0, vm, KVM_IRQ_LINE, &line);
	ck_assert_uint_eq(pins(), 0);
	kvm_host_close(cd.fd);
}
END_TEST

/* The rows that fauxkvm list prints are this architecture's. */
START_TEST(lists)
{
	const struct kernel_ioctl_row *row;
	const struct kernel_cap_row *cap;
	struct kernel_reg_row reg;
	struct kernel_attr_row attr;
	bool pvinfo = false, mpic = false;
	unsigned int n;

	for (n = 0; (row = kernel_ioctl_row(n)); n++) {
		pvinfo |= row->cmd == KVM_PPC_GET_PVINFO && row->implemented;
		/* Every number has the direction bits of this one. */
		ck_assert_uint_ne(row->cmd >> FK_IOC_DIR_SHIFT, 0);
	}
	ck_assert(pvinfo);
	for (n = 0; (cap = kernel_cap_row(n)); n++)
		mpic |= cap->number == KVM_CAP_IRQ_MPIC && cap->vm_value == 1;
	ck_assert(mpic);
	for (n = 0; kernel_reg_row(n, &reg); n++)
		ck_assert_uint_eq(reg.id & KVM_REG_ARCH_MASK, KVM_REG_PPC);
	ck_assert_uint_gt(n, 20);
	ck_assert(kernel_attr_row(0, &attr));
	ck_assert_str_eq(attr.owner, "kvm-mpic");
}
END_TEST

START_TEST(decoded)
{
	decode_check_rows(kernel_arch());
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ppc");
	TCase *c = tcase_create("ppc");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, names);
	tcase_add_test(c, no_core);
	tcase_add_test(c, tlb);
	tcase_add_test(c, interrupt_does_not_wait);
	tcase_add_test(c, external_input);
	tcase_add_test(c, lists);
	tcase_add_test(c, decoded);
	suite_add_tcase(s, c);
	return check_run(srunner_create(s));
}
