/* SPDX-License-Identifier: MIT */
/* /dev/kvm, capabilities, VM life and the VM's small requests. */
#include "test-kvm.h"

#include <unistd.h>

#include "kernel/arch.h"

START_TEST(system_requests)
{
	ASK(12, t.sys, KVM_GET_API_VERSION, 0);
	ASK(-EINVAL, t.sys, KVM_GET_API_VERSION, 1);
	ASK(0x2000, t.sys, KVM_GET_VCPU_MMAP_SIZE, 0);
	ASK(-EINVAL, t.sys, KVM_GET_VCPU_MMAP_SIZE, 1);
	ASK(-EINVAL, t.sys, 0xae05, 0);
	ASK(-EINVAL, t.sys, 0x5401, 0); /* TCGETS: isatty() says EINVAL */
	ASK(-EINVAL, t.sys, KVM_HAS_DEVICE_ATTR, BAD_PTR);
	ASK(-EINVAL, t.sys, KVM_CREATE_VCPU, 0);
}
END_TEST

START_TEST(create_vm_types)
{
	static const struct {
		unsigned long type;
		int ok;
	} rows[] = {{0, 1},  {32, 1}, {40, 1},  {48, 1},      {31, 0},
		    {49, 0}, {1, 0},  {256, 0}, {256 + 40, 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		long fd = KVM(t.sys, KVM_CREATE_VM, rows[i].type);

		if (rows[i].ok)
			ck_assert_int_gt(fd, 0);
		else
			ck_assert_int_eq(fd, -EINVAL);
		if (fd > 0) {
			ck_assert_str_eq(kvm_host_name(fd), "kvm-vm");
			kvm_host_close(fd);
		}
	}
	kvm_host_fail_next();
	ASK(-EMFILE, t.sys, KVM_CREATE_VM, 0);
}
END_TEST

/* number, system value, VM value; -1000: what the host has. */
static const struct {
	unsigned int cap;
	long sys, vm;
} caps[] = {
	{0, 1, 1},
	{3, 1, 1},
	{4, 0, 0},
	{9, -1000, -1000},
	{10, 32767, 32767},
	{14, 1, 1},
	{15, 1, 1},
	{16, 1, 1},
	{21, 1, 1},
	{22, 0, 0},
	{23, 1, 1},
	{25, 4096, 4096},
	{26, 0, 0},
	{30, 1, 1},
	{32, 1, 1},
	{36, 1, 1},
	{37, 0, 0},
	{40, 1, 1},
	{41, 1, 1},
	{42, 0, 0},
	{54, 0, 0},
	{66, 512, 512},
	{70, 1, 1},
	{74, 0, 0},
	{77, 1, 1},
	{81, 1, 1},
	{82, 1, 1},
	{87, 1, 1},
	{88, 1, 1},
	{89, 1, 1},
	{90, 0, 0},
	{93, 0, 0},
	{98, 1, 1},
	{100, 0, 0},
	{101, 0, 0},
	{102, 1, 1},
	{105, 1, 1},
	{118, 0, 0},
	{119, 6, 6},
	{120, 4, 4},
	{122, 1, 1},
	{126, 1, 1},
	{127, 1, 1},
	{128, 512, 512},
	{131, -EINVAL, 0},
	{136, 1, 1},
	{144, 1, 1},
	{158, 1, 1},
	{162, 1, 1},
	{165, 48, 48},
	{168, 3, 3},
	{170, 0, 0},
	{171, 0, 0},
	{172, 0, 0},
	{174, 1, 1},
	{177, 1, 1},
	{178, 1, 1},
	{182, 1, 1},
	{187, -1001, 0},
	{192, 0, 0},
	{195, 0x30003, 0x30003},
	{198, 1, 1},
	{201, 0, 0},
	{203, 1, 1},
	{205, 0, 0},
	{209, 0, 0},
	{215, 1, 1},
	{216, 1, 1},
	{220, 0, 0},
	{223, 1048576, 1048576},
	{225, 1, 1},
	{227, 1, 1},
	{228, 0, 0},
	{229, 0x40201000, 0x40201000},
	{230, 1, 1},
	{231, 1, 1},
	{232, 0, 0},
	{233, 0, 0},
	{234, 0, 0},
	{235, 0, 0},
	{236, 0, 0},
	{9999, 0, 0},
};

START_TEST(capabilities)
{
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		long sys = KVM(t.sys, KVM_CHECK_EXTENSION, caps[i].cap);
		long vm = KVM(t.vm, KVM_CHECK_EXTENSION, caps[i].cap);

		if (caps[i].sys == -1000) {
			ck_assert_int_gt(sys, 0);
			ck_assert_int_eq(sys, vm);
			continue;
		}
		if (caps[i].sys == -1001) { /* as the host counts delays */
			ck_assert_int_eq(
				sys,
				!access("/proc/thread-self/schedstat", R_OK));
			ck_assert_int_eq(sys, vm);
			continue;
		}
		ck_assert_msg(sys == caps[i].sys && vm == caps[i].vm,
			      "capability %u: %ld and %ld", caps[i].cap, sys,
			      vm);
	}
}
END_TEST

/* Every row the model lists is one that this test knows. */
START_TEST(capabilities_all_tested)
{
	const struct kernel_cap_row *row;

	for (unsigned int n = 0; (row = kernel_cap_row(n)); n++) {
		size_t i = 0;

		while (i < sizeof(caps) / sizeof(caps[0]) &&
		       caps[i].cap != row->number)
			i++;
		ck_assert_msg(i < sizeof(caps) / sizeof(caps[0]),
			      "%s has no test", row->name);
	}
}
END_TEST

static long enable(unsigned int cap, uint32_t flags, uint64_t arg)
{
	struct kvm_enable_cap e = {.cap = cap, .flags = flags, .args = {arg}};

	return KVM(t.vm, KVM_ENABLE_CAP, &e);
}

START_TEST(enable_caps)
{
	ASK(-EFAULT, t.vm, KVM_ENABLE_CAP, BAD_PTR);
	ASK(-EINVAL, t.vcpu, KVM_ENABLE_CAP, BAD_PTR);
	ck_assert_int_eq(enable(9999, 0, 0), -EINVAL);
	ck_assert_int_eq(enable(KVM_CAP_USER_MEMORY, 0, 0), -EINVAL);
	ck_assert_int_eq(enable(KVM_CAP_ARM_MTE, 0, 0), -EINVAL);
	ck_assert_int_eq(enable(KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 0, 4096),
			 -EINVAL);
	ck_assert_int_eq(enable(KVM_CAP_ARM_NISV_TO_USER, 0, 0), 0);
	ck_assert_int_eq(enable(KVM_CAP_ARM_NISV_TO_USER, 1, 0), -EINVAL);
	ck_assert_int_eq(enable(KVM_CAP_ARM_SYSTEM_SUSPEND, 0, 0), 0);
	ck_assert_int_eq(enable(KVM_CAP_HALT_POLL, 0, 0xffffffff), 0);
	ck_assert_int_eq(enable(KVM_CAP_HALT_POLL, 0, 0x100000000), -EINVAL);
	ck_assert_int_eq(enable(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 1), 0);
	ck_assert_int_eq(enable(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 3), 0);
	ck_assert_int_eq(enable(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 2),
			 -EINVAL);
	ck_assert_int_eq(enable(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 4),
			 -EINVAL);
	/* The VM has a memory slot. */
	ck_assert_int_eq(enable(KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0, 0x1000),
			 -EINVAL);
}
END_TEST

START_TEST(eager_split)
{
	struct kvm_enable_cap e = {.cap = KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE,
				   .args = {0x200000}};
	int vm = KVM(t.sys, KVM_CREATE_VM, 0);

	ASK(0, vm, KVM_ENABLE_CAP, &e);
	ASK(0x200000, vm, KVM_CHECK_EXTENSION,
	    KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE);
	e.args[0] = 0x8000;
	ASK(-EINVAL, vm, KVM_ENABLE_CAP, &e);
	kvm_host_close(vm);
}
END_TEST

/* Requests arm64 refuses: EINVAL, whatever the pointer. */
START_TEST(refused_requests)
{
	const struct kernel_ioctl_row *row;

	for (unsigned int n = 0; (row = kernel_ioctl_row(n)); n++) {
		int fd = !strcmp(row->fd, "system") ? t.sys
			 : !strcmp(row->fd, "vm")   ? t.vm
						    : t.vcpu;
		long want = -EINVAL;

		if (row->implemented || !strcmp(row->fd, "device"))
			continue;
		/* These read their argument before they refuse. */
		if (row->cmd == KVM_SET_REGS || row->cmd == KVM_TRANSLATE)
			want = -EFAULT;
		ck_assert_msg(KVM(fd, row->cmd, BAD_PTR) == want,
			      "%s on a %s descriptor", row->name, row->fd);
	}
	ASK(-EINVAL, t.vm, 0xaeff, 0);
	ASK(-EINVAL, t.vcpu, 0xaeff, 0);
	ASK(-EINVAL, t.vcpu, 0x5401, 0);
}
END_TEST

START_TEST(rows_are_unique)
{
	const struct kernel_ioctl_row *a, *b;

	for (unsigned int n = 0; (a = kernel_ioctl_row(n)); n++)
		for (unsigned int m = n + 1; (b = kernel_ioctl_row(m)); m++)
			ck_assert_msg(strcmp(a->fd, b->fd) || a->cmd != b->cmd,
				      "%s and %s", a->name, b->name);
}
END_TEST

/* Attributes of every type of device, of vCPUs and of VMs: tables in order. */
START_TEST(attributes_are_sound)
{
	const struct arch *arch = kernel_arch();
	const struct attr_table *tables[16];
	const char *fault;
	unsigned int n = 0, row;

	for (unsigned int k = 0; arch->device_types[k]; k++)
		tables[n++] = arch->device_types[k]->attrs;
	tables[n++] = arch->vcpu_attrs;
	tables[n++] = arch->vm_attrs;
	ck_assert_uint_eq(n, 6);
	for (unsigned int i = 0; i < n; i++) {
		fault = attr_table_fault(tables[i], &row);
		ck_assert_msg(!fault, "table %u, row %u: %s", i, row, fault);
	}
}
END_TEST

START_TEST(create_vcpu)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_ARM_VGIC_V2};
	int fd;

	ASK(-EINVAL, t.vm, KVM_CREATE_VCPU, 512);
	ASK(-EEXIST, t.vm, KVM_CREATE_VCPU, 0);
	kvm_host_fail_next();
	ASK(-EMFILE, t.vm, KVM_CREATE_VCPU, 7);
	fd = KVM(t.vm, KVM_CREATE_VCPU, 7);
	ck_assert_int_gt(fd, 0);
	ck_assert_str_eq(kvm_host_name(fd), "kvm-vcpu:7");
	ASK(0, t.vm, KVM_CREATE_DEVICE, &cd);
	ASK(8, t.vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
	ASK(-EINVAL, t.vm, KVM_CREATE_VCPU, 8);
	kvm_host_close(cd.fd);
	/* The vCPU outlives its descriptor: the id stays taken. */
	kvm_host_close(fd);
	ASK(-EEXIST, t.vm, KVM_CREATE_VCPU, 7);
}
END_TEST

START_TEST(create_device)
{
	static const int types[] = {0,       -ENODEV, -ENODEV, -ENODEV, 0,
				    0,       -ENODEV, 0,       0,       -ENODEV,
				    -ENODEV, -ENODEV, -ENODEV};
	struct kvm_create_device cd;
	struct kvm_device_attr attr = {.group = 99};
	int vfio;

	ASK(-EFAULT, t.vm, KVM_CREATE_DEVICE, BAD_PTR);
	for (unsigned int i = 1; i < 13; i++) {
		cd = (struct kvm_create_device){i, 77, KVM_CREATE_DEVICE_TEST};
		ASK(types[i], t.vm, KVM_CREATE_DEVICE, &cd);
		ck_assert_uint_eq(cd.fd, 77);
	}
	cd = (struct kvm_create_device){.type = KVM_DEV_TYPE_VFIO};
	ASK(0, t.vm, KVM_CREATE_DEVICE, &cd);
	vfio = cd.fd;
	ck_assert_str_eq(kvm_host_name(vfio), "kvm-vfio");
	ASK(-EBUSY, t.vm, KVM_CREATE_DEVICE, &cd);
	ASK(-EPERM, vfio, KVM_GET_DEVICE_ATTR, BAD_PTR);
	ASK(-EFAULT, vfio, KVM_SET_DEVICE_ATTR, BAD_PTR);
	ASK(-ENXIO, vfio, KVM_SET_DEVICE_ATTR, &attr);
	ASK(-ENOTTY, vfio, KVM_CHECK_EXTENSION, 0);
	kvm_host_close(vfio);
	ASK(0, t.vm, KVM_CREATE_DEVICE, &cd);
	kvm_host_close(cd.fd);
}
END_TEST

START_TEST(vfio_files)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_VFIO};
	int32_t fd = -1;
	struct kvm_device_attr a = {.group = KVM_DEV_VFIO_FILE,
				    .attr = KVM_DEV_VFIO_FILE_ADD,
				    .addr = (uintptr_t)&fd};

	ASK(0, t.vm, KVM_CREATE_DEVICE, &cd);
	ASK(0, cd.fd, KVM_HAS_DEVICE_ATTR, &a);
	ASK(-EBADF, cd.fd, KVM_SET_DEVICE_ATTR, &a);
	fd = STDERR_FILENO;
	ASK(-EINVAL, cd.fd, KVM_SET_DEVICE_ATTR, &a);
	a.attr = KVM_DEV_VFIO_FILE_DEL;
	ASK(-ENOENT, cd.fd, KVM_SET_DEVICE_ATTR, &a);
	a.addr = BAD_PTR;
	ASK(-EFAULT, cd.fd, KVM_SET_DEVICE_ATTR, &a);
	a.attr = 3;
	ASK(-ENXIO, cd.fd, KVM_SET_DEVICE_ATTR, &a);
	ASK(-ENXIO, cd.fd, KVM_HAS_DEVICE_ATTR, &a);
	kvm_host_close(cd.fd);
}
END_TEST

START_TEST(set_device_addr)
{
	struct kvm_arm_device_addr a = {0, 0x8000000};

	ASK(-EFAULT, t.vm, KVM_ARM_SET_DEVICE_ADDR, BAD_PTR);
	ASK(-ENODEV, t.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
	ASK(0, t.vm, KVM_CREATE_IRQCHIP, 0);
	ASK(-EEXIST, t.vm, KVM_CREATE_IRQCHIP, 0);
	a.id = 1 << 16;
	ASK(-ENODEV, t.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
	a.id = 2;
	ASK(-ENODEV, t.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
	a = (struct kvm_arm_device_addr){0, 0x8000100};
	ASK(-EINVAL, t.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
	a.addr = 1ull << 40;
	ASK(-E2BIG, t.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
	a.addr = 0x8000000;
	ASK(0, t.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
	ASK(-EEXIST, t.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
}
END_TEST

START_TEST(vm_small_requests)
{
	struct kvm_vcpu_init init;
	struct kvm_arm_copy_mte_tags tags = {0};
	struct kvm_arm_counter_offset off = {.reserved = 1};
	uint64_t masks[KVM_ARM_FEATURE_ID_RANGE_SIZE];
	struct reg_mask_range range = {.addr = (uintptr_t)masks};
	struct kvm_device_attr attr = {0};

	memset(&init, 0xff, sizeof(init));
	ASK(-EFAULT, t.vm, KVM_ARM_PREFERRED_TARGET, BAD_PTR);
	ASK(0, t.vm, KVM_ARM_PREFERRED_TARGET, &init);
	ck_assert_uint_eq(init.target, 5);
	ck_assert_uint_eq(init.features[0], 0);
	ASK(-EFAULT, t.vm, KVM_ARM_MTE_COPY_TAGS, BAD_PTR);
	ASK(-EINVAL, t.vm, KVM_ARM_MTE_COPY_TAGS, &tags);
	ASK(-EINVAL, t.vm, KVM_RESET_DIRTY_RINGS, 0);
	ASK(-EINVAL, t.vm, KVM_ARM_SET_COUNTER_OFFSET, &off);
	ASK(-EFAULT, t.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, BAD_PTR);
	ASK(0, t.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range);
	/* ID_AA64PFR0_EL1, ID_AA64ZFR0_EL1, CTR_EL0, ID_PFR0_EL1 */
	ck_assert_uint_eq(masks[4 * 8], 0xffff00f00f00ffff);
	ck_assert_uint_eq(masks[4 * 8 + 4], 0x0ff0ff0f0fff00ff);
	ck_assert_uint_eq(masks[2 * 64 + 1], 0x300f000f);
	ck_assert_uint_eq(masks[8], 0);
	range.reserved[12] = 1;
	ASK(-EINVAL, t.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range);
	range.reserved[12] = 0;
	range.range = 1;
	ASK(-EINVAL, t.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range);
	range.range = 0;
	range.addr = BAD_PTR;
	ASK(-EFAULT, t.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range);
	ASK(0, t.vm, KVM_HAS_DEVICE_ATTR, &attr);
	attr.attr = 1;
	ASK(-ENXIO, t.vm, KVM_HAS_DEVICE_ATTR, &attr);
	ASK(-ENXIO, t.vm, KVM_SET_DEVICE_ATTR, &attr);
}
END_TEST

static long filter(uint32_t base, uint32_t n, uint8_t action)
{
	struct kvm_smccc_filter f = {base, n, action, {0}};
	struct kvm_device_attr a = {.addr = (uintptr_t)&f};

	return KVM(t.vm, KVM_SET_DEVICE_ATTR, &a);
}

START_TEST(smccc_filter)
{
	struct kvm_device_attr a = {.addr = BAD_PTR};

	ASK(-EFAULT, t.vm, KVM_SET_DEVICE_ATTR, &a);
	ck_assert_int_eq(filter(0x84000000, 0, 1), -EINVAL);
	ck_assert_int_eq(filter(0xffffffff, 2, 1), -EINVAL);
	ck_assert_int_eq(filter(0x84000000, 1, 3), -EINVAL);
	ck_assert_int_eq(filter(0x80000000, 1, 1), -EEXIST);
	ck_assert_int_eq(filter(0xc000ffff, 1, 1), -EEXIST);
	ck_assert_int_eq(filter(0x84000000, 0x20, 2), 0);
	ck_assert_int_eq(filter(0x8400001f, 1, 2), -EEXIST);
	/* SYSTEM_OFF goes to user space, the PC is after the call. */
	GUEST(0, ASM_MOVZ(0, 0x8400, 1), ASM_MOVK(0, 8, 0), ASM_SMC(0),
	      ASM_B_SELF);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_HYPERCALL);
	ck_assert_uint_eq(t.run->hypercall.nr, 0x84000008);
	ck_assert_uint_eq(t.run->hypercall.flags, KVM_HYPERCALL_EXIT_SMC);
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 12);
	ck_assert_int_eq(filter(0x86000000, 1, 1), -EBUSY);
}
END_TEST

START_TEST(stats)
{
	struct kvm_stats_header h;
	uint8_t buf[16384];
	int64_t pos = 0;
	int fd = KVM(t.vcpu, KVM_GET_STATS_FD, 0);

	ck_assert_int_gt(fd, 0);
	ck_assert_str_eq(kvm_host_name(fd), "kvm-vcpu-stats:0");
	memcpy(buf, kvm_host_pages(fd), sizeof(h));
	memcpy(&h, buf, sizeof(h));
	ck_assert_uint_eq(h.num_desc, 18);
	ck_assert_uint_eq(h.name_size, 48);
	ck_assert_uint_eq(h.id_offset, 24);
	ck_assert_uint_eq(h.desc_offset, 72);
	ck_assert_uint_eq(h.data_offset, 72 + 18 * 64);
	ck_assert_str_eq((char *)kvm_host_pages(fd) + 72 + 16,
			 "halt_successful_poll");
	(void)pos;
	kvm_host_close(fd);
	fd = KVM(t.vm, KVM_GET_STATS_FD, 0);
	ck_assert_str_eq(kvm_host_name(fd), "kvm-vm-stats");
	kvm_host_close(fd);
	ASK(-EINVAL, t.sys, KVM_GET_STATS_FD, 0);
}
END_TEST

/* In the child of fork() the VM is another process's. */
START_TEST(forked)
{
	uint32_t state;
	int vm;

	kernel_forked_child();
	ASK(-EIO, t.vm, KVM_CHECK_EXTENSION, 0);
	ASK(-EIO, t.vm, 0xaeff, 0);
	ASK(-EIO, t.vcpu, KVM_GET_MP_STATE, &state);
	ASK(12, t.sys, KVM_GET_API_VERSION, 0);
	vm = KVM(t.sys, KVM_CREATE_VM, 0);
	ck_assert_int_gt(vm, 0);
	ASK(1, vm, KVM_CHECK_EXTENSION, KVM_CAP_IRQCHIP);
	kvm_host_close(vm);
}
END_TEST

void add_tests_system(Suite *s)
{
	TCase *c = case_with_vm(s, "system");

	tcase_add_test(c, system_requests);
	tcase_add_test(c, create_vm_types);
	tcase_add_test(c, capabilities);
	tcase_add_test(c, capabilities_all_tested);
	tcase_add_test(c, enable_caps);
	tcase_add_test(c, eager_split);
	tcase_add_test(c, refused_requests);
	tcase_add_test(c, rows_are_unique);
	tcase_add_test(c, attributes_are_sound);
	tcase_add_test(c, create_vcpu);
	tcase_add_test(c, create_device);
	tcase_add_test(c, vfio_files);
	tcase_add_test(c, set_device_addr);
	tcase_add_test(c, vm_small_requests);
	tcase_add_test(c, smccc_filter);
	tcase_add_test(c, stats);
	c = tcase_create("fork");
	/* The VM is left to the process, as in a real child. */
	tcase_add_checked_fixture(c, test_vm_open, NULL);
	tcase_add_test(c, forked);
	suite_add_tcase(s, c);
}
