/* SPDX-License-Identifier: MIT */
/* Memory slots and dirty logs. */
#include "test-kvm.h"

#include <sched.h>
#include <sys/mman.h>
#include <time.h>

#define DIRTY KVM_MEM_LOG_DIRTY_PAGES
#define RO    KVM_MEM_READONLY

static long slot(uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
		 uint64_t host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size, host};

	return KVM(t.vm, KVM_SET_USER_MEMORY_REGION, &r);
}

START_TEST(slot_errors)
{
	uint64_t ram = (uintptr_t)t.ram;
	struct kvm_userspace_memory_region2 r2 = {.slot = 1, .flags = 4};

	ASK(-EFAULT, t.vm, KVM_SET_USER_MEMORY_REGION, BAD_PTR);
	ASK(-EFAULT, t.vm, KVM_SET_USER_MEMORY_REGION2, BAD_PTR);
	ASK(-EINVAL, t.vm, KVM_SET_USER_MEMORY_REGION2, &r2);
	ck_assert_int_eq(slot(1, 4, 0, 0x1000, ram), -EINVAL);
	ck_assert_int_eq(slot(32767, 0, 0, 0x1000, ram), -EINVAL);
	ck_assert_int_eq(slot(1, 0, 0, 0x800, ram), -EINVAL);
	ck_assert_int_eq(slot(1, 0, 0x800, 0x1000, ram), -EINVAL);
	ck_assert_int_eq(slot(1, 0, 0, 0x1000, ram + 1), -EINVAL);
	ck_assert_int_eq(slot(1, 0, 0, 0x1000, 1ull << 56 | ram), -EINVAL);
	ck_assert_int_eq(slot(1 << 16, 0, 0, 0x1000, ram), -EINVAL);
	ck_assert_int_eq(slot(1, 0, -0x1000ull, 0x2000, ram), -EINVAL);
	ck_assert_int_eq(slot(1, 0, 0, 0, ram), -EINVAL);
	ck_assert_int_eq(slot(0, 0, GUEST_BASE, GUEST_SIZE * 2, ram), -EINVAL);
	ck_assert_int_eq(slot(0, 0, GUEST_BASE, GUEST_SIZE, ram + 0x1000),
			 -EINVAL);
	ck_assert_int_eq(slot(0, RO, GUEST_BASE, GUEST_SIZE, ram), -EINVAL);
	ck_assert_int_eq(slot(1, 0, GUEST_BASE + 0x1000, 0x1000, ram), -EEXIST);
	ck_assert_int_eq(slot(1, 0, GUEST_BASE - 0x1000, 0x2000, ram), -EEXIST);
	ck_assert_int_eq(slot(1, 0, (1ull << 40) - 0x1000, 0x2000, ram),
			 -EFAULT);
	ck_assert_int_eq(slot(1, 0, (1ull << 40) - 0x1000, 0x1000, ram), 0);
	ck_assert_int_eq(slot(32766, 0, 0, 0x1000, ram), 0);
	/* The same again changes nothing; then move, delete. */
	ck_assert_int_eq(slot(1, 0, (1ull << 40) - 0x1000, 0x1000, ram), 0);
	ck_assert_int_eq(slot(1, 0, 0x1000, 0x1000, ram), 0);
	ck_assert_int_eq(slot(1, 0, GUEST_BASE, 0x1000, ram), -EEXIST);
	ck_assert_int_eq(slot(1, 0, 0x1000, 0, ram), 0);
	ck_assert_int_eq(slot(1, 0, 0x1000, 0, ram), -EINVAL);
}
END_TEST

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/*
 * All slots: made, moved, made to log and deleted. The limit is no measure:
 * this takes some tenths of a second, or a minute if a change takes as long as
 * there are slots.
 */
START_TEST(slots_all)
{
	uint64_t ram = (uintptr_t)t.ram, base = 1ull << 32;
	double start = cpu_seconds();
	const uint32_t end = 32767;

	for (uint32_t i = 1; i < end; i++) {
		uint32_t id = i & 1 ? i : end + 1 - i;

		ck_assert_int_eq(slot(id, 0, base + id * 0x2000, 0x1000, ram),
				 0);
	}
	ck_assert_int_eq(slot(1, 0, base + 0x4000, 0x1000, ram), -EEXIST);
	for (uint32_t id = 1; id < end; id++)
		ck_assert_int_eq(
			slot(id, 0, base + id * 0x2000 + 0x1000, 0x1000, ram),
			0);
	for (uint32_t id = 1; id < end; id++)
		ck_assert_int_eq(slot(id, DIRTY, base + id * 0x2000 + 0x1000,
				      0x1000, ram),
				 0);
	for (uint32_t id = end - 1; id; id--)
		ck_assert_int_eq(slot(id, 0, 0, 0, ram), 0);
	ck_assert_msg(cpu_seconds() - start < 5, "%.1f s",
		      cpu_seconds() - start);
}
END_TEST

static uint64_t log_get(uint32_t id)
{
	uint64_t bits[GUEST_SIZE / 0x1000 / 64] = {0};
	struct kvm_dirty_log log = {.slot = id, .dirty_bitmap = bits};

	ASK(0, t.vm, KVM_GET_DIRTY_LOG, &log);
	return bits[0];
}

/* str x1, [x0]; then a page further, str; hvc: exit. */
static void guest_write_pages(uint64_t first, uint64_t second)
{
	GUEST(0, ASM_STR(1, 0), ASM_STR(1, 2), ASM_MOVZ(0, 0x8400, 1),
	      ASM_MOVK(0, 8, 0), ASM_HVC(0));
	reg_set(REG_X(0), GUEST_BASE + first);
	reg_set(REG_X(2), GUEST_BASE + second);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_SYSTEM_EVENT);
	ASK(0, t.vcpu, KVM_SET_MP_STATE, &(struct kvm_mp_state){0});
}

START_TEST(dirty_log)
{
	uint64_t ram = (uintptr_t)t.ram;
	struct kvm_dirty_log log = {.slot = 0, .dirty_bitmap = (void *)BAD_PTR};

	ASK(-EFAULT, t.vm, KVM_GET_DIRTY_LOG, BAD_PTR);
	ASK(-ENOENT, t.vm, KVM_GET_DIRTY_LOG, &log);
	log.slot = 5;
	ASK(-ENOENT, t.vm, KVM_GET_DIRTY_LOG, &log);
	log.slot = 32767;
	ASK(-EINVAL, t.vm, KVM_GET_DIRTY_LOG, &log);
	log.slot = 1 << 16;
	ASK(-EINVAL, t.vm, KVM_GET_DIRTY_LOG, &log);
	/* A translation that may write exists before logging begins. */
	guest_write_pages(0x3000, 0x4000);
	ck_assert_int_eq(slot(0, DIRTY, GUEST_BASE, GUEST_SIZE, ram), 0);
	ck_assert_uint_eq(log_get(0), 0);
	guest_write_pages(0x3000, 0x5000);
	ck_assert_uint_eq(log_get(0), 1 << 3 | 1 << 5);
	ck_assert_uint_eq(log_get(0), 0);
	/* A bitmap that faults loses the bits (asked the real kernel). */
	guest_write_pages(0x3000, 0x5000);
	log.slot = 0;
	ASK(-EFAULT, t.vm, KVM_GET_DIRTY_LOG, &log);
	ck_assert_uint_eq(log_get(0), 0);
	/* Each write is seen again after the log was taken. */
	guest_write_pages(0x3000, 0x3000);
	ck_assert_uint_eq(log_get(0), 1 << 3);
	/* Off and on again: an empty log. */
	guest_write_pages(0x3000, 0x3000);
	ck_assert_int_eq(slot(0, 0, GUEST_BASE, GUEST_SIZE, ram), 0);
	ck_assert_int_eq(slot(0, DIRTY, GUEST_BASE, GUEST_SIZE, ram), 0);
	ck_assert_uint_eq(log_get(0), 0);
}
END_TEST

START_TEST(clear_dirty_log)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
				     .args = {1}};
	uint64_t bits = 1 << 3;
	struct kvm_clear_dirty_log c = {.num_pages = 64, .dirty_bitmap = &bits};

	ASK(-EFAULT, t.vm, KVM_CLEAR_DIRTY_LOG, BAD_PTR);
	ASK(-ENOENT, t.vm, KVM_CLEAR_DIRTY_LOG, &c);
	ASK(0, t.vm, KVM_ENABLE_CAP, &cap);
	ck_assert_int_eq(
		slot(0, DIRTY, GUEST_BASE, GUEST_SIZE, (uintptr_t)t.ram), 0);
	guest_write_pages(0x3000, 0x5000);
	ck_assert_uint_eq(log_get(0), 1 << 3 | 1 << 5);
	ck_assert_uint_eq(log_get(0), 1 << 3 | 1 << 5);
	ASK(0, t.vm, KVM_CLEAR_DIRTY_LOG, &c);
	ck_assert_uint_eq(log_get(0), 1 << 5);
	guest_write_pages(0x3000, 0x3000);
	ck_assert_uint_eq(log_get(0), 1 << 3 | 1 << 5);
	c.first_page = 1;
	ASK(-EINVAL, t.vm, KVM_CLEAR_DIRTY_LOG, &c);
	c.first_page = 256;
	c.num_pages = 1;
	ASK(-EINVAL, t.vm, KVM_CLEAR_DIRTY_LOG, &c);
	c.first_page = 0;
	c.num_pages = 65;
	ASK(-EINVAL, t.vm, KVM_CLEAR_DIRTY_LOG, &c);
	c.num_pages = 64;
	c.dirty_bitmap = (void *)BAD_PTR;
	ASK(-EFAULT, t.vm, KVM_CLEAR_DIRTY_LOG, &c);
}
END_TEST

START_TEST(initially_set)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
				     .args = {3}};

	ASK(0, t.vm, KVM_ENABLE_CAP, &cap);
	ck_assert_int_eq(
		slot(0, DIRTY, GUEST_BASE, GUEST_SIZE, (uintptr_t)t.ram), 0);
	ck_assert_uint_eq(log_get(0), ~0ull);
}
END_TEST

/* A write to a READONLY slot is MMIO, a read is memory. */
START_TEST(readonly_slot)
{
	uint64_t *ro = (uint64_t *)(t.ram + 0x8000);

	*ro = 0x1234;
	ck_assert_int_eq(slot(3, RO, 0x1000, 0x1000, (uintptr_t)ro), 0);
	GUEST(0, ASM_MOVZ(0, 0x1000, 0), ASM_LDR(2, 0), ASM_STR(2, 0),
	      ASM_B_SELF);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(t.run->mmio.phys_addr, 0x1000);
	ck_assert_uint_eq(t.run->mmio.is_write, 1);
	ck_assert_uint_eq(t.run->mmio.len, 8);
	ck_assert_uint_eq(reg_get(REG_X(2)), 0x1234);
}
END_TEST

static void leaves_for(gpa_t gpa, bool write)
{
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(t.run->mmio.phys_addr, gpa);
	ck_assert_uint_eq(t.run->mmio.is_write, write);
}

/* A slot comes to where the guest found a device, and goes again. */
START_TEST(device_becomes_slot)
{
	uint64_t *there = (uint64_t *)(t.ram + 0x8000);

	*there = 0x1234;
	GUEST(0, ASM_LDR(2, 0), ASM_STR(2, 1), ASM_B(-2));
	reg_set(REG_X(0), 0x1000);
	reg_set(REG_X(1), 0x5000);
	for (int i = 0; i < 3; i++) {
		leaves_for(0x1000, false);
		leaves_for(0x5000, true);
	}
	ck_assert_int_eq(slot(3, 0, 0x1000, 0x1000, (uintptr_t)there), 0);
	leaves_for(0x5000, true);
	ck_assert_uint_eq(*(uint64_t *)t.run->mmio.data, 0x1234);
	ck_assert_int_eq(slot(4, 0, 0x5000, 0x1000, (uintptr_t)there + 0x1000),
			 0);
	ck_assert_int_eq(slot(3, 0, 0x1000, 0, 0), 0);
	/* The write that was under way is the VMM's. */
	leaves_for(0x1000, false);
	ck_assert_uint_eq(there[0x200], 0);
	*(uint64_t *)t.run->mmio.data = 0x77;
	leaves_for(0x1000, false);
	ck_assert_uint_eq(there[0x200], 0x77);
}
END_TEST

START_TEST(memory_gone)
{
	GUEST(0, ASM_STR(1, 0), ASM_B_SELF);
	reg_set(REG_X(0), GUEST_BASE + 0x10000);
	ck_assert_int_eq(mprotect(t.ram + 0x10000, 0x1000, PROT_NONE), 0);
	kernel_host_memory_changed(t.ram + 0x10000, 0x1000);
	for (int i = 0; i < 2; i++) {
		ASK(-EFAULT, t.vcpu, KVM_RUN, 0);
		ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_UNKNOWN);
		ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE);
	}
	/* Repaired, the access is made. */
	mprotect(t.ram + 0x10000, 0x1000, PROT_READ | PROT_WRITE);
	memcpy(t.ram + 4, &(uint32_t){ASM_HVC(0)}, 4);
	kernel_host_memory_changed(t.ram, 0x11000);
	reg_set(REG_X(1), 77);
	memcpy(t.ram,
	       (uint32_t[]){ASM_STR(1, 0), ASM_MOVZ(0, 0x8400, 1),
			    ASM_MOVK(0, 8, 0), ASM_HVC(0)},
	       16);
	kernel_host_memory_changed(t.ram, 0x1000);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.ram[0x10000], 77);
}
END_TEST

/* Slots come, move and go while the guest runs. */
START_TEST(slots_while_running)
{
	uint64_t ram = (uintptr_t)t.ram;

	GUEST(0, ASM_STR(1, 0), ASM_B(-1));
	reg_set(REG_X(0), GUEST_BASE + 0x10000);
	run_start();
	for (int i = 0; i < 2000; i++) {
		ck_assert_int_eq(slot(1, 0, 0x1000, 0x1000, ram), 0);
		ck_assert_int_eq(slot(1, 0, 0x2000, 0x1000, ram), 0);
		ck_assert_int_eq(slot(1, 0, 0x2000, 0, ram), 0);
		ck_assert_int_eq(
			slot(0, i & 1 ? DIRTY : 0, GUEST_BASE, GUEST_SIZE, ram),
			0);
	}
	for (int i = 0; i < 100; i++)
		kernel_host_memory_changed(t.ram, GUEST_SIZE);
	/* When the host lets the guest run again. */
	while (!(log_get(0) >> 16 & 1))
		sched_yield();
	ck_assert_int_eq(run_stop(), -EINTR);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_INTR);
}
END_TEST

void add_tests_memory(Suite *s)
{
	TCase *c = case_with_vm(s, "memory");

	tcase_add_test(c, slot_errors);
	tcase_add_test(c, slots_all);
	tcase_add_test(c, dirty_log);
	tcase_add_test(c, clear_dirty_log);
	tcase_add_test(c, initially_set);
	tcase_add_test(c, readonly_slot);
	tcase_add_test(c, device_becomes_slot);
	tcase_add_test(c, memory_gone);
	tcase_add_test(c, slots_while_running);
}
