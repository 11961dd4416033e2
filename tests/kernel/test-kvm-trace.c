/* SPDX-License-Identifier: MIT */
/*
 * Decoding requests for a trace: every one has rows, values have their names, a
 * bad address is shown as it is, JSON stays JSON where there is no room.
 */
#include "test-kvm.h"

#include <string.h>

#include "kernel/system.h"
#include "tests/kernel/test-decode.h"

static char text[4096];

/* The argument @arg of the request @cmd of @fd's object, as text or JSON. */
static const char *decoded(int fd, unsigned int cmd, const void *arg,
			   enum decode_way way, bool json, size_t room)
{
	struct kobj *obj = kvm_host_get(fd);
	struct decode_out out;
	struct decode_call c = {.out = &out,
				.obj = obj,
				.arch = kernel_arch(),
				.user = (unsigned long)arg,
				.way = way};
	const struct kernel_ioctl_row *row;

	for (unsigned int n = 0; (row = kernel_ioctl_row(n)); n++)
		if (row->cmd == cmd)
			c.row = row;
	out_begin(&out, text, room, json);
	decode_argument(&c);
	kobj_put(obj);
	return text;
}

#define IN(fd, cmd, arg)   decoded(fd, cmd, arg, DECODE_IN, false, sizeof(text))
#define OUT(fd, cmd, arg)  decoded(fd, cmd, arg, DECODE_OUT, false, sizeof(text))
#define JSON(fd, cmd, arg) decoded(fd, cmd, arg, DECODE_IN, true, sizeof(text))

START_TEST(rows)
{
	decode_check_rows(kernel_arch());
}
END_TEST

START_TEST(values)
{
	struct kvm_userspace_memory_region r = {.slot = 3,
						.flags = 5,
						.guest_phys_addr = 0x1000,
						.memory_size = 0x2000,
						.userspace_addr = 0x7000};
	uint64_t value = 0x1234;
	struct kvm_one_reg reg = {.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 |
					KVM_REG_ARM_CORE |
					KVM_REG_ARM_CORE_REG(regs.pc),
				  .addr = (uintptr_t)&value};
	struct kvm_irq_level line = {.irq = 1 << 24 | 40, .level = 1};

	ck_assert_str_eq(
		IN(t.vm, KVM_SET_USER_MEMORY_REGION, &r),
		"{slot=3, flags=KVM_MEM_LOG_DIRTY_PAGES|KVM_MEM_GUEST_MEMFD, "
		"guest_phys_addr=0x1000, memory_size=0x2000, "
		"userspace_addr=0x7000}");
	ck_assert_str_eq(JSON(t.vm, KVM_SET_USER_MEMORY_REGION, &r),
			 "{\"slot\":3,\"flags\":[\"KVM_MEM_LOG_DIRTY_PAGES\","
			 "\"KVM_MEM_GUEST_MEMFD\"],\"guest_phys_addr\":"
			 "\"0x1000\",\"memory_size\":\"0x2000\","
			 "\"userspace_addr\":\"0x7000\"}");
	ck_assert_str_eq(IN(t.vcpu, KVM_SET_ONE_REG, &reg),
			 "{id=PC, value=0x1234}");
	ck_assert_str_eq(IN(t.vcpu, KVM_GET_ONE_REG, &reg), "{id=PC}");
	ck_assert_str_eq(OUT(t.vcpu, KVM_GET_ONE_REG, &reg), "{value=0x1234}");
	ck_assert_str_eq(IN(t.vm, KVM_IRQ_LINE, &line),
			 "{irq={type=SPI, intid=40}, level=1}");
	ck_assert_str_eq(
		IN(t.sys, KVM_CHECK_EXTENSION, (void *)KVM_CAP_ONE_REG),
		"KVM_CAP_ONE_REG");
}
END_TEST

/* What can't be read, or has no row, is a number. */
START_TEST(unknown)
{
	struct kvm_one_reg reg = {.id = 0x1234567890, .addr = 8};

	ck_assert_str_eq(IN(t.vcpu, KVM_SET_ONE_REG, (void *)16), "0x10");
	ck_assert_str_eq(IN(t.vcpu, KVM_SET_ONE_REG, &reg),
			 "{id=0x1234567890, addr=0x8}");
	ck_assert_str_eq(IN(t.vm, 0xaeff, (void *)16), "0x10");
}
END_TEST

START_TEST(lists)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[2];
	} routes = {
		.head.nr = 2,
		.entry = {{.gsi = 5,
			   .type = KVM_IRQ_ROUTING_IRQCHIP,
			   .u.irqchip.pin = 7},
			  {.gsi = 6,
			   .type = KVM_IRQ_ROUTING_MSI,
			   .u.msi.address_lo = 0x40,
			   .u.msi.data = 3}},
	};

	ck_assert_str_eq(
		IN(t.vm, KVM_SET_GSI_ROUTING, &routes),
		"{nr=2, flags=0, entries=[{gsi=5, "
		"type=KVM_IRQ_ROUTING_IRQCHIP, flags=0, irqchip={irqchip=0, "
		"pin=7}}, {gsi=6, type=KVM_IRQ_ROUTING_MSI, flags=0, "
		"msi={address_lo=0x40, address_hi=0, data=0x3, devid=0}}]}");
}
END_TEST

/* Brackets are closed, whatever the room. */
START_TEST(no_room)
{
	for (size_t room = 100; room < 400; room += 7) {
		int open = 0;

		decoded(t.vm, KVM_IOEVENTFD, &(struct kvm_ioeventfd){0},
			DECODE_IN, true, room);
		for (const char *c = text; *c; c++)
			open += *c == '{' || *c == '['   ? 1
				: *c == '}' || *c == ']' ? -1
							 : 0;
		ck_assert_int_eq(open, 0);
		ck_assert_uint_lt(strlen(text), room);
	}
}
END_TEST

void add_tests_trace(Suite *s)
{
	TCase *tc = tcase_create("trace");

	tcase_add_checked_fixture(tc, test_vm_open, test_vm_close);
	tcase_add_test(tc, rows);
	tcase_add_test(tc, values);
	tcase_add_test(tc, unknown);
	tcase_add_test(tc, lists);
	tcase_add_test(tc, no_room);
	suite_add_tcase(s, tc);
}
