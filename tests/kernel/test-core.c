/* SPDX-License-Identifier: MIT */
/*
 * The core of src/kernel without any architecture of ours: linked with the
 * stub of stub-arch.c and src/base alone, it has systems, VMs, vCPUs, memory
 * slots, devices, a bus and KVM_RUN.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#include "kvm-host.h"
#include "stub-arch.h"
#include "kernel/arch.h"
#include "tests/check-main.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x10000ull
#define BAD_PTR  0xffff800000000000ull

/* ioctl() that must answer @want. */
#define ASK(want, fd, cmd, arg) ck_assert_int_eq(KVM(fd, cmd, arg), want)

static int sys, vm, vcpu;
static struct kvm_run *run;
static uint8_t *ram;

static void open_all(void)
{
	kvm_host_init();
	memset(&stub_access, 0, sizeof(stub_access));
	sys = kvm_host_open();
	vm = KVM(sys, KVM_CREATE_VM, 0);
	ck_assert_int_gt(vm, 0);
	vcpu = KVM(vm, KVM_CREATE_VCPU, 0);
	ck_assert_int_gt(vcpu, 0);
	run = kvm_host_pages(vcpu);
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(ram, MAP_FAILED);
}

static void close_all(void)
{
	kvm_host_close(vcpu);
	kvm_host_close(vm);
	kvm_host_close(sys);
	munmap(ram, RAM_SIZE);
	ck_assert_uint_eq(kvm_host_count(), 0);
	ck_assert_uint_eq(stub_vms, 0);
	ck_assert_uint_eq(stub_vcpus, 0);
}

static void slot_set(uint32_t flags)
{
	struct kvm_userspace_memory_region r = {
		.flags = flags,
		.guest_phys_addr = RAM_BASE,
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)ram,
	};

	ASK(0, vm, KVM_SET_USER_MEMORY_REGION, &r);
}

/* The guest's next access; KVM_RUN must succeed with @exit_reason. */
static void guest(gpa_t gpa, bool write, uint32_t value, uint32_t exit_reason)
{
	stub_access = (struct stub_access){gpa, write, value};
	ASK(0, vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(run->exit_reason, exit_reason);
}

START_TEST(system_requests)
{
	ck_assert_str_eq(kernel_arch()->name, "stub");
	/* The numbers are those of the ABI that the stub was built with. */
	ck_assert_uint_eq(KVM_GET_API_VERSION, 0x2000ae00);
	ASK(12, sys, KVM_GET_API_VERSION, 0);
	ASK(-EINVAL, sys, 0xae00, 0); /* another architecture's */
	ASK(8192, sys, KVM_GET_VCPU_MMAP_SIZE, 0);
	ASK(-EINVAL, sys, KVM_CREATE_VM, STUB_BAD_TYPE);
	kvm_host_fail_next();
	ASK(-EMFILE, sys, KVM_CREATE_VM, 0);
	ck_assert_uint_eq(stub_vms, 1);
	/* Unknown ones, by kind of descriptor. */
	ASK(-EINVAL, sys, 0x2000aeff, 0);
	ASK(-ENOTTY, vm, 0x2000aeff, 0);
	ASK(-EINVAL, vcpu, 0x2000aeff, 0);
}
END_TEST

START_TEST(capabilities)
{
	const struct kernel_cap_row *row;
	unsigned int last = 0, n;

	ASK(1, vm, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD);
	ASK(0, vm, KVM_CHECK_EXTENSION, KVM_CAP_ONE_REG); /* the stub's */
	ASK(3, sys, KVM_CHECK_EXTENSION, KVM_CAP_IRQ_MPIC);
	ASK(STUB_MAX_VCPUS, sys, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
	ASK(0, sys, KVM_CHECK_EXTENSION, 9999);
	/* Each number once, in order. */
	for (n = 0; (row = kernel_cap_row(n)); n++) {
		ck_assert_uint_gt(row->number, last);
		last = row->number;
	}
	ck_assert_uint_gt(n, 30);
}
END_TEST

START_TEST(vcpus)
{
	static const char sregs[FK_IOC_SIZE(KVM_SET_SREGS)];
	struct kvm_mp_state state;
	int fd, stats;

	ASK(-EEXIST, vm, KVM_CREATE_VCPU, 0);
	ASK(-EINVAL, vm, KVM_CREATE_VCPU, STUB_MAX_VCPUS);
	fd = KVM(vm, KVM_CREATE_VCPU, 1);
	ck_assert_int_gt(fd, 0);
	ck_assert_str_eq(kvm_host_name(fd), "kvm-vcpu:1");
	ck_assert_uint_eq(stub_vcpus, 2);
	ASK(-EINVAL, fd, KVM_GET_MP_STATE, &state); /* the stub has none */
	ASK(-EINVAL, fd, KVM_RUN, 1);
	/* The largest argument of any: PowerPC's 1232 bytes. */
	ASK(-EFAULT, fd, KVM_SET_SREGS, BAD_PTR);
	ASK(-EINVAL, fd, KVM_SET_SREGS, sregs);
	kvm_host_signal_pending(true);
	ASK(-EINTR, fd, KVM_RUN, 0);
	kvm_host_signal_pending(false);
	stats = KVM(fd, KVM_GET_STATS_FD, 0);
	ck_assert_int_gt(stats, 0);
	ck_assert_str_eq(kvm_host_name(stats), "kvm-vcpu-stats:1");
	ASK(-ENOTTY, stats, KVM_RUN, 0);
	kvm_host_close(stats);
	kvm_host_close(fd);
}
END_TEST

START_TEST(memory)
{
	struct kvm_userspace_memory_region r = {
		.slot = 1,
		.flags = KVM_MEM_READONLY,
		.guest_phys_addr = 0,
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)ram,
	};
	uint64_t bits[1] = {0};
	struct kvm_dirty_log log = {.dirty_bitmap = bits};

	ASK(-EINVAL, vm, KVM_SET_USER_MEMORY_REGION, &r); /* not the stub's */
	r.flags = 0;
	r.guest_phys_addr = STUB_GPA_LIMIT - RAM_SIZE + 0x1000;
	ASK(-EFAULT, vm, KVM_SET_USER_MEMORY_REGION, &r);
	slot_set(KVM_MEM_LOG_DIRTY_PAGES);
	ck_assert_uint_eq(stub_flushed, VM_FLUSH_ALL);
	guest(RAM_BASE + 0x2004, true, 0x12345678, KVM_EXIT_UNKNOWN);
	ck_assert_mem_eq(ram + 0x2004, "\x78\x56\x34\x12", 4);
	guest(RAM_BASE + 0x2004, false, 0, KVM_EXIT_UNKNOWN);
	ck_assert_uint_eq(stub_access.value, 0x12345678);
	stub_flushed = 0;
	ASK(0, vm, KVM_GET_DIRTY_LOG, &log);
	ck_assert_uint_eq(bits[0], 1 << 2);
	ck_assert_uint_eq(stub_flushed, VM_FLUSH_WRITE | VM_FLUSH_PAST_FAULTS);
	/* Outside memory: the VMM's. */
	guest(RAM_BASE - 4, true, 5, KVM_EXIT_MMIO);
}
END_TEST

static void host_changes(uint64_t from, size_t len, unsigned int slots)
{
	stub_flushed = stub_gone = 0;
	kernel_host_memory_changed((void *)((uintptr_t)ram + from), len);
	ck_assert_uint_eq(stub_gone, slots);
	ck_assert_uint_eq(stub_flushed,
			  slots ? VM_FLUSH_TLB | VM_FLUSH_NO_WAIT : 0);
}

/* Of code only what is in the pages that have changed is forgotten, in each slot. */
START_TEST(host_memory)
{
	struct kvm_userspace_memory_region r = {
		.slot = 1,
		.guest_phys_addr = RAM_BASE + 0x100000,
		.memory_size = RAM_SIZE - 0x8000,
		.userspace_addr = (uintptr_t)ram + 0x8000,
	};

	slot_set(0);
	host_changes(0x3000, 0x1000, 1);
	ck_assert_uint_eq(stub_gone_start, RAM_BASE + 0x3000);
	ck_assert_uint_eq(stub_gone_end, RAM_BASE + 0x4000);
	host_changes(-0x3000ull, 0x4000, 1);
	ck_assert_uint_eq(stub_gone_start, RAM_BASE);
	ck_assert_uint_eq(stub_gone_end, RAM_BASE + 0x1000);
	host_changes(-0x3000ull, 0x3000, 0);
	host_changes(RAM_SIZE, 0x1000, 0);
	host_changes(0x3000, 0, 0);
	ASK(0, vm, KVM_SET_USER_MEMORY_REGION, &r);
	host_changes(0x7000, RAM_SIZE, 2);
	ck_assert_uint_eq(stub_gone_start, r.guest_phys_addr);
	ck_assert_uint_eq(stub_gone_end, r.guest_phys_addr + r.memory_size);
	host_changes(0x7000, 0x1000, 1);
}
END_TEST

static int device_new(void)
{
	struct kvm_create_device cd = {.type = STUB_DEV_TYPE};

	ASK(0, vm, KVM_CREATE_DEVICE, &cd);
	ck_assert_str_eq(kvm_host_name(cd.fd), "kvm-stub");
	return cd.fd;
}

START_TEST(device_attributes)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_VFIO};
	uint32_t value = 42;
	struct kvm_device_attr a = {.group = STUB_DEV_GROUP,
				    .attr = STUB_DEV_VALUE,
				    .addr = (uintptr_t)&value};
	struct kernel_attr_row row;
	int fd;

	ASK(-ENODEV, vm, KVM_CREATE_DEVICE, &cd); /* not in the stub's list */
	fd = device_new();
	ASK(0, fd, KVM_HAS_DEVICE_ATTR, &a);
	ASK(0, fd, KVM_SET_DEVICE_ATTR, &a);
	value = 0;
	ASK(0, fd, KVM_GET_DEVICE_ATTR, &a);
	ck_assert_uint_eq(value, 42);
	a.addr = BAD_PTR;
	ASK(-EFAULT, fd, KVM_GET_DEVICE_ATTR, &a);
	a.attr++;
	ASK(-ENXIO, fd, KVM_SET_DEVICE_ATTR, &a);
	ASK(-ENXIO, fd, KVM_HAS_DEVICE_ATTR, &a);
	ASK(-ENOTTY, fd, KVM_RUN, 0);
	/* The row that was dispatched by is the one that is listed. */
	ck_assert(kernel_attr_row(0, &row));
	ck_assert_str_eq(row.owner, "kvm-stub");
	ck_assert_int_eq(row.type, STUB_DEV_TYPE);
	ck_assert_str_eq(row.row->name, "STUB_DEV_VALUE");
	kvm_host_close(fd);
}
END_TEST

START_TEST(device_without_attributes)
{
	struct kvm_create_device cd = {.type = STUB_PLAIN_TYPE};
	struct kernel_attr_row row;

	ASK(0, vm, KVM_CREATE_DEVICE, &cd);
	/* Before the argument is looked at. */
	ASK(-EPERM, cd.fd, KVM_SET_DEVICE_ATTR, BAD_PTR);
	ASK(-EPERM, cd.fd, KVM_GET_DEVICE_ATTR, BAD_PTR);
	ASK(-EPERM, cd.fd, KVM_HAS_DEVICE_ATTR, BAD_PTR);
	ck_assert(kernel_attr_row(1, &row));
	ck_assert_str_eq(row.owner, "kvm-stub-plain");
	ck_assert_ptr_null(row.row);
	ck_assert(!kernel_attr_row(2, &row));
	kvm_host_close(cd.fd);
}
END_TEST

/* What the frame doesn't answer goes on to the VMM. */
START_TEST(frame)
{
	int fd = device_new();

	guest(STUB_DEV_BASE + STUB_DEV_REGISTER, true, 99, KVM_EXIT_UNKNOWN);
	guest(STUB_DEV_BASE + STUB_DEV_REGISTER, false, 0, KVM_EXIT_UNKNOWN);
	ck_assert_uint_eq(stub_access.value, 99);
	guest(STUB_DEV_BASE + 8, true, 0xabcd, KVM_EXIT_MMIO);
	ck_assert_uint_eq(run->mmio.phys_addr, STUB_DEV_BASE + 8);
	ck_assert_uint_eq(run->mmio.len, 4);
	ck_assert_uint_eq(run->mmio.is_write, 1);
	ck_assert_mem_eq(run->mmio.data, "\0\0\xab\xcd", 4);
	guest(STUB_DEV_BASE + 8, false, 0, KVM_EXIT_MMIO);
	ck_assert_uint_eq(run->mmio.is_write, 0);
	memcpy(run->mmio.data, "\1\2\3\4\0\0\0\0", 8);
	run->immediate_exit = 1;
	ASK(-EINTR, vcpu, KVM_RUN, 0);
	run->immediate_exit = 0;
	ck_assert_uint_eq(stub_access.value, 0x01020304);
	kvm_host_close(fd);
}
END_TEST

/* What the VMM sees of a write are the bytes that the guest wrote; a datamatch
 * is those, read as the host reads them. */
START_TEST(byte_order)
{
	struct kvm_coalesced_mmio_zone zone = {.addr = 0x30000, .size = 0x100};
	struct kvm_ioeventfd io = {.addr = 0x20000,
				   .len = 4,
				   .fd = eventfd(0, EFD_NONBLOCK),
				   .datamatch = 0x01000000,
				   .flags = KVM_IOEVENTFD_FLAG_DATAMATCH};
	struct kvm_coalesced_mmio_ring *ring = (void *)((char *)run + 4096);
	uint64_t count = 0;

	ASK(0, vm, KVM_REGISTER_COALESCED_MMIO, &zone);
	guest(0x30010, true, 0x01020304, KVM_EXIT_UNKNOWN);
	ck_assert_uint_eq(ring->last, 1);
	ck_assert_uint_eq(ring->coalesced_mmio[0].len, 4);
	ck_assert_mem_eq(ring->coalesced_mmio[0].data, "\1\2\3\4", 4);
	ASK(0, vm, KVM_IOEVENTFD, &io);
	guest(0x20000, true, 0x01000000, KVM_EXIT_MMIO);
	guest(0x20000, true, 1, KVM_EXIT_UNKNOWN);
	ck_assert_int_eq(read(io.fd, &count, 8), 8);
	ck_assert_uint_eq(count, 1);
	close(io.fd);
}
END_TEST

START_TEST(interrupts)
{
	struct kvm_ioeventfd io = {
		.addr = 0x20000, .len = 4, .fd = eventfd(0, EFD_NONBLOCK)};
	struct kvm_irq_level line = {.irq = 1, .level = 1};
	struct kvm_irqfd irqfd = {.fd = io.fd};
	uint64_t count = 0;

	ASK(0, vm, KVM_IOEVENTFD, &io);
	guest(0x20000, true, 1, KVM_EXIT_UNKNOWN);
	ck_assert_int_eq(read(io.fd, &count, 8), 8);
	ck_assert_uint_eq(count, 1);
	guest(0x20004, true, 1, KVM_EXIT_MMIO);
	ASK(0, vm, KVM_IRQ_LINE_STATUS, &line);
	ck_assert_int_eq(line.status, -1);
	ASK(-EAGAIN, vm, KVM_IRQFD, &irqfd); /* no irqchip */
	close(io.fd);
}
END_TEST

/* What the options choose is all or nothing. */
START_TEST(clock_options)
{
	struct kernel_clock_options opts = KERNEL_CLOCK_DEFAULTS;
	char name[] = "/tmp/test-core-XXXXXX";
	uint32_t cycles;
	int file = mkstemp(name);

	ck_assert_int_eq(kernel_clock()->clock, KERNEL_CLOCK_HOST);
	ck_assert_int_eq(write(file, "[stub]\naccess = 7\n", 18), 18);
	opts.costs = name;
	opts.record = "/r";
	ck_assert_int_eq(kernel_set_clock(&opts), 0);
	ck_assert_int_eq(kernel_clock()->clock, KERNEL_CLOCK_CYCLES);
	costs_fill(&cycles, kernel_cost_model(0), kernel_cost_profile());
	ck_assert_uint_eq(cycles, 7);

	ck_assert_int_eq(write(file, "?\n", 2), 2);
	opts.record = NULL;
	ck_assert_int_eq(kernel_set_clock(&opts), -EINVAL);
	ck_assert_str_eq(kernel_clock()->record, "/r");
	costs_fill(&cycles, kernel_cost_model(0), kernel_cost_profile());
	ck_assert_uint_eq(cycles, 7);

	opts = (struct kernel_clock_options)KERNEL_CLOCK_DEFAULTS;
	ck_assert_int_eq(kernel_set_clock(&opts), 0);
	costs_fill(&cycles, kernel_cost_model(0), kernel_cost_profile());
	ck_assert_uint_eq(cycles, 3);
	close(file);
	unlink(name);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core");
	TCase *c = tcase_create("core");
	SRunner *r = srunner_create(s);

	tcase_add_checked_fixture(c, open_all, close_all);
	tcase_add_test(c, system_requests);
	tcase_add_test(c, capabilities);
	tcase_add_test(c, vcpus);
	tcase_add_test(c, memory);
	tcase_add_test(c, host_memory);
	tcase_add_test(c, device_attributes);
	tcase_add_test(c, device_without_attributes);
	tcase_add_test(c, frame);
	tcase_add_test(c, byte_order);
	tcase_add_test(c, interrupts);
	tcase_add_test(c, clock_options);
	suite_add_tcase(s, c);
	return check_run(r);
}
