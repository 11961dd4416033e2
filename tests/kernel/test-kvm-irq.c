/* SPDX-License-Identifier: MIT */
/* IRQ_LINE, irqfd, ioeventfd, routing, MSI, coalesced MMIO. */
#include "test-kvm.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/gic/gic-regs.h"

static long line(uint32_t irq, uint32_t level)
{
	struct kvm_irq_level l = {.irq = irq, .level = level};

	return KVM(t.vm, KVM_IRQ_LINE, &l);
}

#define CPU_LINE(vcpu, n) (0u << 24 | (vcpu) << 16 | (n))
#define SPI(n)            (1u << 24 | (n))
#define PPI(vcpu, n)      (2u << 24 | (vcpu) << 16 | (n))

START_TEST(irq_line)
{
	ASK(-EFAULT, t.vm, KVM_IRQ_LINE, BAD_PTR);
	ck_assert_int_eq(line(SPI(40), 1), -ENXIO);
	ck_assert_int_eq(line(PPI(0, 20), 1), -ENXIO);
	ck_assert_int_eq(line(CPU_LINE(1, 0), 1), -EINVAL);
	ck_assert_int_eq(line(CPU_LINE(0, 2), 1), -EINVAL);
	ck_assert_int_eq(line(CPU_LINE(0, 1), 1), 0);
	ck_assert_int_eq(line(3u << 24, 1), -EINVAL);
	kvm_host_close(test_vm_gicv3());
	ck_assert_int_eq(line(CPU_LINE(0, 0), 1), -ENXIO);
	ck_assert_int_eq(line(SPI(31), 1), -EINVAL);
	ck_assert_int_eq(line(SPI(5000), 1), -EINVAL);
	ck_assert_int_eq(line(SPI(40), 1), 0);
	ck_assert_int_eq(line(PPI(0, 15), 1), -EINVAL);
	ck_assert_int_eq(line(PPI(0, 32), 1), -EINVAL);
	ck_assert_int_eq(line(PPI(1, 20), 1), -EINVAL);
	ck_assert_int_eq(line(PPI(0, 20), 1), 0);
}
END_TEST

START_TEST(irq_line_before_init)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	struct kvm_irq_level l = {.irq = SPI(40), .level = 1};

	ASK(0, t.vm, KVM_CREATE_DEVICE, &cd);
	ck_assert_int_eq(line(SPI(40), 1), -EBUSY);
	ASK(-EBUSY, t.vm, KVM_IRQ_LINE_STATUS, &l);
	kvm_host_close(cd.fd);
}
END_TEST

static long irqfd(int fd, uint32_t gsi, uint32_t flags, int resample)
{
	struct kvm_irqfd i = {
		.fd = fd, .gsi = gsi, .flags = flags, .resamplefd = resample};

	return KVM(t.vm, KVM_IRQFD, &i);
}

START_TEST(irqfd_errors)
{
	int e = eventfd(0, 0), e2 = eventfd(0, 0), dup_e = dup(e);

	ASK(-EFAULT, t.vm, KVM_IRQFD, BAD_PTR);
	ck_assert_int_eq(irqfd(e, 1, 4, 0), -EINVAL);
	ck_assert_int_eq(irqfd(e, 1, 0, 0), -EAGAIN);
	kvm_host_close(test_vm_gicv3());
	ck_assert_int_eq(irqfd(-1, 1, 0, 0), -EBADF);
	ck_assert_int_eq(irqfd(STDERR_FILENO, 1, 0, 0), -EINVAL);
	ck_assert_int_eq(irqfd(e, 1, 2, -1), -EBADF);
	ck_assert_int_eq(irqfd(e, 1, 2, STDERR_FILENO), -EINVAL);
	ck_assert_int_eq(irqfd(e, 1, 2, e2), 0);
	ck_assert_int_eq(irqfd(e, 1, 0, 0), -EBUSY);
	ck_assert_int_eq(irqfd(dup_e, 2, 0, 0), -EBUSY);
	ck_assert_int_eq(irqfd(dup_e, 2, 1, 0), 0); /* other gsi: no match */
	ck_assert_int_eq(irqfd(e, 3, 0, 0), -EBUSY);
	ck_assert_int_eq(irqfd(dup_e, 1, 1, 0), 0);
	ck_assert_int_eq(irqfd(e, 99999, 0, 0), 0); /* gsi is not checked */
	ck_assert_int_eq(irqfd(-1, 1, 1, 0), -EBADF);
	close(e);
	close(e2);
	close(dup_e);
}
END_TEST

static uint32_t gicd_read(int gic, uint64_t off)
{
	uint32_t val = 0;
	struct kvm_device_attr a = {.group = KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
				    .attr = off,
				    .addr = (uintptr_t)&val};

	ASK(0, gic, KVM_GET_DEVICE_ATTR, &a);
	return val;
}

static void gicd_write(int gic, uint64_t off, uint32_t val)
{
	struct kvm_device_attr a = {.group = KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
				    .attr = off,
				    .addr = (uintptr_t)&val};

	ASK(0, gic, KVM_SET_DEVICE_ATTR, &a);
}

/* Wait for a bit of ISPENDR; the event thread needs its time. */
static bool pends(int gic, unsigned int intid)
{
	for (int i = 0; i < 60000; i++) {
		if (gicd_read(gic, GICD_ISPENDR + intid / 32 * 4) >>
			    intid % 32 &
		    1)
			return true;
		usleep(1000);
	}
	return false;
}

/* The level of an SPI's line; ISPENDR shows user space the latch only. */
static bool line_level(int gic, unsigned int intid)
{
	uint32_t levels = 0;
	struct kvm_device_attr a = {.group = KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
				    .attr = intid & ~31u,
				    .addr = (uintptr_t)&levels};

	ASK(0, gic, KVM_GET_DEVICE_ATTR, &a);
	return levels >> intid % 32 & 1;
}

START_TEST(irqfd_injects)
{
	int gic = test_vm_gicv3(), e = eventfd(0, 0);
	uint64_t one = 1;

	gicd_write(gic, GICD_ICFGR + 4 * 2, 0x20000); /* SPI 40: edge */
	ck_assert_int_eq(irqfd(e, 8, 0, 0), 0);       /* gsi 8: interrupt 40 */
	ck_assert_int_eq(write(e, &one, 8), 8);
	ck_assert(pends(gic, 40));
	/* The eventfd was emptied by us. */
	ck_assert_int_eq(poll(&(struct pollfd){e, POLLIN, 0}, 1, 0), 0);
	/* SPI 41 is level: the line stays up until KVM_IRQ_LINE lowers it. */
	ck_assert_int_eq(irqfd(e, 9, 0, 0), -EBUSY);
	ck_assert_int_eq(irqfd(e, 8, 1, 0), 0);
	ck_assert_int_eq(irqfd(e, 9, 0, 0), 0);
	ck_assert_int_eq(write(e, &one, 8), 8);
	for (int i = 0; i < 60000 && !line_level(gic, 41); i++)
		usleep(1000);
	usleep(1000); /* a pulse's end */
	ck_assert(line_level(gic, 41));
	ck_assert_int_eq(line(SPI(41), 0), 0);
	ck_assert(!line_level(gic, 41));
	close(e);
	kvm_host_close(gic);
}
END_TEST

/* One that is signalled before it is bound fires at once. */
START_TEST(irqfd_early_signal)
{
	int gic = test_vm_gicv3(), e = eventfd(1, 0);

	gicd_write(gic, GICD_ICFGR + 4 * 2, 0x20000);
	ck_assert_int_eq(irqfd(e, 8, 0, 0), 0);
	ck_assert(pends(gic, 40));
	close(e);
	kvm_host_close(gic);
}
END_TEST

START_TEST(routing)
{
	struct kvm_irq_routing *r = calloc(1, 8 + 2 * 48);
	int gic, e = eventfd(1, 0);

	ASK(-EFAULT, t.vm, KVM_SET_GSI_ROUTING, BAD_PTR);
	r->nr = 4097;
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	r->nr = 0;
	r->flags = 1;
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	r->flags = 0;
	ASK(0, t.vm, KVM_SET_GSI_ROUTING, r);
	r->nr = 2;
	r->entries[0] = (struct kvm_irq_routing_entry){.gsi = 1, .type = 1};
	r->entries[1] = (struct kvm_irq_routing_entry){.gsi = 1, .type = 2};
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	r->entries[1].gsi = 4096;
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	r->entries[1].gsi = 2;
	r->entries[1].flags = 2;
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	r->entries[1].flags = 1;
	ASK(0, t.vm, KVM_SET_GSI_ROUTING, r);
	r->entries[0].flags = 1;
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	r->entries[0].flags = 0;
	r->entries[0].u.irqchip.pin = 988;
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	r->entries[0].u.irqchip.pin = 0;
	r->entries[0].type = 3;
	ASK(-EINVAL, t.vm, KVM_SET_GSI_ROUTING, r);
	/* What was set before the VGIC's init is lost with it; after it
	 * counts: gsi 5 is interrupt 40. */
	gic = test_vm_gicv3();
	gicd_write(gic, GICD_ICFGR + 4 * 2, 0x20000);
	r->nr = 1;
	r->entries[0] = (struct kvm_irq_routing_entry){
		.gsi = 5, .type = 1, .u.irqchip.pin = 8};
	ASK(0, t.vm, KVM_SET_GSI_ROUTING, r);
	ck_assert_int_eq(irqfd(e, 5, 0, 0), 0);
	ck_assert(pends(gic, 40));
	ck_assert(!(gicd_read(gic, GICD_ISPENDR + 4) & 1 << 5));
	close(e);
	kvm_host_close(gic);
	free(r);
}
END_TEST

START_TEST(signal_msi)
{
	struct kvm_msi msi = {.flags = KVM_MSI_VALID_DEVID};

	ASK(-EFAULT, t.vm, KVM_SIGNAL_MSI, BAD_PTR);
	ASK(-EINVAL, t.vm, KVM_SIGNAL_MSI, &msi);
	kvm_host_close(test_vm_gicv3());
	ASK(-ENODEV, t.vm, KVM_SIGNAL_MSI, &msi);
	msi.flags = 2;
	ASK(-EINVAL, t.vm, KVM_SIGNAL_MSI, &msi);
}
END_TEST

static long ioeventfd(int fd, uint64_t addr, uint32_t len, uint32_t flags,
		      uint64_t match)
{
	struct kvm_ioeventfd i = {.fd = fd,
				  .addr = addr,
				  .len = len,
				  .flags = flags,
				  .datamatch = match};

	return KVM(t.vm, KVM_IOEVENTFD, &i);
}

START_TEST(ioeventfd_errors)
{
	int e = eventfd(0, 0), e2 = eventfd(0, 0);

	ASK(-EFAULT, t.vm, KVM_IOEVENTFD, BAD_PTR);
	ck_assert_int_eq(ioeventfd(e, 0, 3, 0, 0), -EINVAL);
	ck_assert_int_eq(ioeventfd(e, 0, 16, 0, 0), -EINVAL);
	ck_assert_int_eq(ioeventfd(e, ~0ull, 4, 0, 0), -EINVAL);
	ck_assert_int_eq(ioeventfd(e, 0, 4, 32, 0), -EINVAL);
	ck_assert_int_eq(ioeventfd(e, 0, 0, 1, 0), -EINVAL);
	ck_assert_int_eq(ioeventfd(-1, 0, 4, 0, 0), -EBADF);
	ck_assert_int_eq(ioeventfd(STDERR_FILENO, 0, 4, 0, 0), -EINVAL);
	ck_assert_int_eq(ioeventfd(e, GUEST_MMIO, 4, 1, 7), 0);
	ck_assert_int_eq(ioeventfd(e2, GUEST_MMIO, 4, 1, 7), -EEXIST);
	ck_assert_int_eq(ioeventfd(e2, GUEST_MMIO, 4, 0, 0), -EEXIST);
	ck_assert_int_eq(ioeventfd(e2, GUEST_MMIO, 0, 0, 0), -EEXIST);
	ck_assert_int_eq(ioeventfd(e2, GUEST_MMIO, 4, 1, 8), 0);
	ck_assert_int_eq(ioeventfd(e2, GUEST_MMIO, 2, 0, 0), 0);
	ck_assert_int_eq(ioeventfd(e, GUEST_MMIO, 4, 2, 0), 0); /* PIO */
	ck_assert_int_eq(ioeventfd(e2, GUEST_MMIO, 4, 4 | 1, 7), -ENOENT);
	ck_assert_int_eq(ioeventfd(e, GUEST_MMIO, 4, 4, 7), -ENOENT);
	ck_assert_int_eq(ioeventfd(e, GUEST_MMIO, 4, 4 | 1, 7), 0);
	ck_assert_int_eq(ioeventfd(e, GUEST_MMIO, 4, 4 | 1, 7), -ENOENT);
	ck_assert_int_eq(ioeventfd(-1, GUEST_MMIO, 4, 4, 7), -EBADF);
	close(e);
	close(e2);
}
END_TEST

static uint64_t take(int e)
{
	uint64_t val = 0;

	if (poll(&(struct pollfd){e, POLLIN, 0}, 1, 0) == 1)
		ck_assert_int_eq(read(e, &val, 8), 8);
	return val;
}

START_TEST(ioeventfd_fires)
{
	int match = eventfd(0, 0), any = eventfd(0, 0);

	ck_assert_int_eq(ioeventfd(match, GUEST_MMIO, 4, 1, 7), 0);
	ck_assert_int_eq(ioeventfd(any, GUEST_MMIO + 8, 0, 0, 0), 0);
	/* Two that match, one that does not and leaves. */
	GUEST(0, ASM_MOVZ(0, 0x900, 1), ASM_MOVZ(1, 7, 0), ASM_STR_W(1, 0),
	      ASM_STR_W(1, 0), 0xb9000801u /* str w1, [x0, #8] */,
	      ASM_MOVZ(1, 9, 0), ASM_STR_W(1, 0), ASM_B_SELF);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(t.run->mmio.data[0], 9);
	ck_assert_uint_eq(take(match), 2);
	ck_assert_uint_eq(take(any), 1);
	close(match);
	close(any);
}
END_TEST

static void leaves_with(uint64_t gpa)
{
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(t.run->mmio.phys_addr, gpa);
}

/* One comes to where the VMM was asked before, others beside it, and goes. */
START_TEST(ioeventfd_comes)
{
	const uint64_t here = GUEST_MMIO + 8, there = GUEST_MMIO + 0x1000;
	int fd = eventfd(0, 0), beside = eventfd(0, 0);

	GUEST(0, ASM_STR_W(2, 0), ASM_STR_W(2, 1), ASM_B(-2));
	reg_set(REG_X(0), here);
	reg_set(REG_X(1), there);
	for (int i = 0; i < 3; i++) {
		leaves_with(here);
		leaves_with(there);
	}
	ck_assert_int_eq(ioeventfd(fd, here, 4, 0, 0), 0);
	leaves_with(there);
	leaves_with(there);
	ck_assert_uint_eq(take(fd), 2);
	ck_assert_int_eq(ioeventfd(beside, here - 4, 4, 0, 0), 0);
	ck_assert_int_eq(ioeventfd(beside, here + 4, 4, 0, 0), 0);
	ck_assert_int_eq(ioeventfd(fd, here, 4, 4, 0), 0);
	leaves_with(here);
	leaves_with(there);
	leaves_with(here);
	ck_assert_uint_eq(take(fd) + take(beside), 0);
	reg_set(REG_X(0), here + 4);
	leaves_with(there);
	leaves_with(there);
	ck_assert_uint_eq(take(beside), 1);
	close(fd);
	close(beside);
}
END_TEST

START_TEST(coalesced)
{
	struct kvm_coalesced_mmio_zone z = {GUEST_MMIO, 0x100, {2}};
	struct kvm_coalesced_mmio_ring *ring = (void *)((char *)t.run + 4096);

	ASK(-EFAULT, t.vm, KVM_REGISTER_COALESCED_MMIO, BAD_PTR);
	ASK(-EINVAL, t.vm, KVM_REGISTER_COALESCED_MMIO, &z);
	ASK(-EINVAL, t.vm, KVM_UNREGISTER_COALESCED_MMIO, &z);
	z.pio = 0;
	ASK(0, t.vm, KVM_UNREGISTER_COALESCED_MMIO, &z);
	ASK(0, t.vm, KVM_REGISTER_COALESCED_MMIO, &z);
	/* Writes until the ring is full, then one leaves. */
	GUEST(0, ASM_MOVZ(0, 0x900, 1), ASM_STR_W(1, 0), ASM_ADD_IMM(1, 1, 1),
	      ASM_B(-2));
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(ring->first, 0);
	ck_assert_uint_eq(ring->last, KVM_COALESCED_MMIO_MAX - 1);
	ck_assert_uint_eq(t.run->mmio.data[0], KVM_COALESCED_MMIO_MAX - 1);
	ck_assert_uint_eq(ring->coalesced_mmio[5].data[0], 5);
	ck_assert_uint_eq(ring->coalesced_mmio[5].phys_addr, GUEST_MMIO);
	ck_assert_uint_eq(ring->coalesced_mmio[5].len, 4);
	/* A smaller range inside removes the zone. */
	z = (struct kvm_coalesced_mmio_zone){GUEST_MMIO + 4, 4, {0}};
	ASK(0, t.vm, KVM_UNREGISTER_COALESCED_MMIO, &z);
	ring->first = ring->last;
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
}
END_TEST

/* The bus takes 1000 devices. */
START_TEST(bus_full)
{
	struct kvm_coalesced_mmio_zone z = {GUEST_MMIO, 4, {0}};

	for (int i = 0; i < 1000; i++)
		ASK(0, t.vm, KVM_REGISTER_COALESCED_MMIO, &z);
	ASK(-ENOSPC, t.vm, KVM_REGISTER_COALESCED_MMIO, &z);
}
END_TEST

/* The virtual timer's interrupt ends WFI: from the event thread while
 * running, from the vCPU's own sleep otherwise. */
START_TEST(timer_interrupt)
{
	int gic = test_vm_gicv3();

	GUEST(0, ASM_MOVZ(1, 60000, 0), ASM_MSR(ENC_CNTV_TVAL, 1),
	      ASM_MOVZ(1, 1, 0), ASM_MSR(ENC_CNTV_CTL, 1),
	      ASM_MRS(2, ENC_CNTV_CTL), 0x37100042u /* tbnz w2,
	      #2, .+8 */
	      ,
	      ASM_B(-2), ASM_MOVZ(9, 0x900, 1), ASM_STR(2, 9), ASM_B_SELF);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(t.run->mmio.data[0], 5);
	kvm_host_close(gic);
}
END_TEST

void add_tests_irq(Suite *s)
{
	TCase *c = case_with_vm(s, "irq");

	tcase_add_test(c, irq_line);
	tcase_add_test(c, irq_line_before_init);
	tcase_add_test(c, irqfd_errors);
	tcase_add_test(c, irqfd_injects);
	tcase_add_test(c, irqfd_early_signal);
	tcase_add_test(c, routing);
	tcase_add_test(c, signal_msi);
	tcase_add_test(c, ioeventfd_errors);
	tcase_add_test(c, ioeventfd_fires);
	tcase_add_test(c, ioeventfd_comes);
	tcase_add_test(c, coalesced);
	tcase_add_test(c, bus_full);
	tcase_add_test(c, timer_interrupt);
}
