/* SPDX-License-Identifier: MIT */
/*
 * Rows for the requests of kernel/ioctls.def, and for those that more than one
 * architecture has: which fields their arguments have (decode.h). A check
 * (tests/kernel/test-decode.h) proves that every request has a row.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <fauxkvm/kvm.h>

#include <fauxkvm/device-attr-draft.h>

#include "base/attr.h"
#include "base/fault.h"
#include "kernel/arch.h"
#include "kernel/decode.h"
#include "kernel/device.h"
#include "kernel/dirty-pages.h"

#define END             \
	{               \
		0, NULL \
	}

/* ---- memory -------------------------------------------------------------- */

static const struct decode_name mem_flags[] = {
	DECODE_NAME(KVM_MEM_LOG_DIRTY_PAGES),
	DECODE_NAME(KVM_MEM_READONLY),
	DECODE_NAME(KVM_MEM_GUEST_MEMFD),
	END,
};

#define REGION_FIELDS(s)                                                \
	FIELD_OF(s, slot, DECODE_DEC),                                  \
		FIELD_OF(s, flags, DECODE_FLAGS, .names = mem_flags),   \
		FIELD_OF(s, guest_phys_addr), FIELD_OF(s, memory_size), \
		FIELD_OF(s, userspace_addr)

static const struct decode_field region[] = {
	REGION_FIELDS(kvm_userspace_memory_region),
};
static const struct decode_fields region_fields =
	FIELDS_OF(region, kvm_userspace_memory_region);

static const struct decode_field region2[] = {
	REGION_FIELDS(kvm_userspace_memory_region2),
	FIELD_OF(kvm_userspace_memory_region2, guest_memfd_offset),
	FIELD_OF(kvm_userspace_memory_region2, guest_memfd, DECODE_INT),
	FIELD_OF(kvm_userspace_memory_region2, pad1, DECODE_PAD),
	FIELD_OF(kvm_userspace_memory_region2, pad2, DECODE_PAD),
};
static const struct decode_fields region2_fields =
	FIELDS_OF(region2, kvm_userspace_memory_region2);

static const struct decode_field dirty_log[] = {
	FIELD_OF(kvm_dirty_log, slot, DECODE_HEX),
	FIELD_OF(kvm_dirty_log, padding1, DECODE_PAD),
	FIELD_OF(kvm_dirty_log, dirty_bitmap, DECODE_FN, DECODE_OUT,
		 .fn = dirty_pages_of_slot),
};
static const struct decode_fields dirty_log_fields =
	FIELDS_OF(dirty_log, kvm_dirty_log);

static const struct decode_field clear_log[] = {
	FIELD_OF(kvm_clear_dirty_log, slot, DECODE_HEX),
	FIELD_OF(kvm_clear_dirty_log, num_pages, DECODE_DEC),
	FIELD_OF(kvm_clear_dirty_log, first_page, DECODE_DEC),
	FIELD_OF(kvm_clear_dirty_log, dirty_bitmap, DECODE_FN,
		 .fn = dirty_pages_to_clear),
};
static const struct decode_fields clear_log_fields =
	FIELDS_OF(clear_log, kvm_clear_dirty_log);

static const struct decode_field zone[] = {
	FIELD_OF(kvm_coalesced_mmio_zone, addr),
	FIELD_OF(kvm_coalesced_mmio_zone, size),
	FIELD_OF(kvm_coalesced_mmio_zone, pio, DECODE_DEC),
};
static const struct decode_fields zone_fields =
	FIELDS_OF(zone, kvm_coalesced_mmio_zone);

/* ---- interrupts ---------------------------------------------------------- */

static void irq_number(struct decode_call *c, const struct decode_field *f,
		       const void *value)
{
	const struct kvm_irq_level *irq = value;

	if (c->arch->decode && c->arch->decode->irq)
		c->arch->decode->irq(c, f->name, irq->irq);
	else
		out_dec(c->out, f->name, irq->irq);
}

static const struct decode_field irq_level[] = {
	FIELD_OF(kvm_irq_level, irq, DECODE_FN, .fn = irq_number),
	FIELD_OF(kvm_irq_level, level, DECODE_DEC),
};
static const struct decode_fields irq_level_fields =
	FIELDS_OF(irq_level, kvm_irq_level);

static const struct decode_field irq_level_status[] = {
	FIELD_OF(kvm_irq_level, irq, DECODE_FN, .fn = irq_number),
	FIELD_OF(kvm_irq_level, level, DECODE_DEC),
	FIELD_OF(kvm_irq_level, status, DECODE_INT, DECODE_OUT),
};
static const struct decode_fields irq_level_status_fields =
	FIELDS_OF(irq_level_status, kvm_irq_level);

static const struct decode_name routing_types[] = {
	DECODE_NAME(KVM_IRQ_ROUTING_IRQCHIP),
	DECODE_NAME(KVM_IRQ_ROUTING_MSI),
	END,
};
static const struct decode_name msi_flags[] = {
	DECODE_NAME(KVM_MSI_VALID_DEVID),
	END,
};

static const struct decode_field route_irqchip[] = {
	FIELD_OF(kvm_irq_routing_irqchip, irqchip, DECODE_DEC),
	FIELD_OF(kvm_irq_routing_irqchip, pin, DECODE_DEC),
};
static const struct decode_field route_msi[] = {
	FIELD_OF(kvm_irq_routing_msi, address_lo),
	FIELD_OF(kvm_irq_routing_msi, address_hi),
	FIELD_OF(kvm_irq_routing_msi, data),
	FIELD_OF(kvm_irq_routing_msi, devid),
};
static const struct decode_fields route_irqchip_fields =
	FIELDS_OF(route_irqchip, kvm_irq_routing_irqchip);
static const struct decode_fields route_msi_fields =
	FIELDS_OF(route_msi, kvm_irq_routing_msi);

/* Which member of the union the type says. */
static void route_target(struct decode_call *c, const struct decode_field *f,
			 const void *value)
{
	const struct kvm_irq_routing_entry *e =
		container_of(value, struct kvm_irq_routing_entry, u);
	bool msi = e->type == KVM_IRQ_ROUTING_MSI;

	if (!msi && e->type != KVM_IRQ_ROUTING_IRQCHIP) {
		out_bytes(c->out, f->name, value, f->size);
		return;
	}
	out_open(c->out, msi ? "msi" : "irqchip", '{');
	decode_fields(c, msi ? &route_msi_fields : &route_irqchip_fields,
		      value);
	out_close(c->out, '}');
}

static const struct decode_field route[] = {
	FIELD_OF(kvm_irq_routing_entry, gsi, DECODE_DEC),
	FIELD_OF(kvm_irq_routing_entry, type, DECODE_ENUM,
		 .names = routing_types),
	FIELD_OF(kvm_irq_routing_entry, flags, DECODE_FLAGS,
		 .names = msi_flags),
	FIELD_OF(kvm_irq_routing_entry, pad, DECODE_PAD),
	FIELD_OF(kvm_irq_routing_entry, u, DECODE_FN, .fn = route_target),
};
static const struct decode_fields route_fields =
	FIELDS_OF(route, kvm_irq_routing_entry);

static const struct decode_field routing[] = {
	FIELD_OF(kvm_irq_routing, nr, DECODE_DEC),
	FIELD_OF(kvm_irq_routing, flags),
	{.name = "entries",
	 .kind = DECODE_TAIL,
	 .fields = &route_fields,
	 .count_at = offsetof(struct kvm_irq_routing, nr)},
};
static const struct decode_fields routing_fields =
	FIELDS_OF(routing, kvm_irq_routing);

static const struct decode_name irqfd_flags[] = {
	DECODE_NAME(KVM_IRQFD_FLAG_DEASSIGN),
	DECODE_NAME(KVM_IRQFD_FLAG_RESAMPLE),
	END,
};
static const struct decode_field irqfd[] = {
	FIELD_OF(kvm_irqfd, fd, DECODE_INT),
	FIELD_OF(kvm_irqfd, gsi, DECODE_DEC),
	FIELD_OF(kvm_irqfd, flags, DECODE_FLAGS, .names = irqfd_flags),
	FIELD_OF(kvm_irqfd, resamplefd, DECODE_INT),
	FIELD_OF(kvm_irqfd, pad, DECODE_PAD),
};
static const struct decode_fields irqfd_fields = FIELDS_OF(irqfd, kvm_irqfd);

static const struct decode_name ioeventfd_flags[] = {
	DECODE_NAME(KVM_IOEVENTFD_FLAG_DATAMATCH),
	DECODE_NAME(KVM_IOEVENTFD_FLAG_PIO),
	DECODE_NAME(KVM_IOEVENTFD_FLAG_DEASSIGN),
	DECODE_NAME(KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY),
	DECODE_NAME(KVM_IOEVENTFD_FLAG_FAST_MMIO),
	END,
};
static const struct decode_field ioeventfd[] = {
	FIELD_OF(kvm_ioeventfd, datamatch),
	FIELD_OF(kvm_ioeventfd, addr),
	FIELD_OF(kvm_ioeventfd, len, DECODE_DEC),
	FIELD_OF(kvm_ioeventfd, fd, DECODE_INT),
	FIELD_OF(kvm_ioeventfd, flags, DECODE_FLAGS, .names = ioeventfd_flags),
	FIELD_OF(kvm_ioeventfd, pad, DECODE_PAD),
};
static const struct decode_fields ioeventfd_fields =
	FIELDS_OF(ioeventfd, kvm_ioeventfd);

static const struct decode_field msi[] = {
	FIELD_OF(kvm_msi, address_lo),
	FIELD_OF(kvm_msi, address_hi),
	FIELD_OF(kvm_msi, data),
	FIELD_OF(kvm_msi, flags, DECODE_FLAGS, .names = msi_flags),
	FIELD_OF(kvm_msi, devid),
	FIELD_OF(kvm_msi, pad, DECODE_PAD),
};
static const struct decode_fields msi_fields = FIELDS_OF(msi, kvm_msi);

/* ---- capabilities and devices -------------------------------------------- */

static const struct decode_field capability[] = {
	{.kind = DECODE_CAP, .size = 8},
};
static const struct decode_fields capability_fields = {capability, 1, 8};

static const struct decode_field enable_cap[] = {
	FIELD_OF(kvm_enable_cap, cap, DECODE_CAP),
	FIELD_OF(kvm_enable_cap, flags),
	FIELD_OF(kvm_enable_cap, args, DECODE_HEX, .count = 4),
	FIELD_OF(kvm_enable_cap, pad, DECODE_PAD),
};
const struct decode_fields decode_enable_cap =
	FIELDS_OF(enable_cap, kvm_enable_cap);

static void device_type(struct decode_call *c, const struct decode_field *f,
			const void *value)
{
	const uint32_t *type = value;

	out_enum(c->out, f->name,
		 c->arch->decode ? c->arch->decode->device_types : NULL, *type);
}

static const struct decode_name device_flags[] = {
	DECODE_NAME(KVM_CREATE_DEVICE_TEST),
	END,
};
static const struct decode_field create_device[] = {
	FIELD_OF(kvm_create_device, type, DECODE_FN, .fn = device_type),
	FIELD_OF(kvm_create_device, flags, DECODE_FLAGS, .names = device_flags),
	FIELD_OF(kvm_create_device, fd, DECODE_INT, DECODE_OUT),
};
static const struct decode_fields create_device_fields =
	FIELDS_OF(create_device, kvm_create_device);

static const struct attr_table *attrs_of(const struct decode_call *c)
{
	const struct device *dev;

	switch (c->obj->kind) {
	case KOBJ_VM: return c->arch->vm_attrs;
	case KOBJ_VCPU: return c->arch->vcpu_attrs;
	case KOBJ_DEVICE:
		dev = device_of_kobj(c->obj);
		return dev ? dev->type->attrs : NULL;
	default: return NULL;
	}
}

static const struct attr_row *row_of(const struct decode_call *c)
{
	const struct kvm_device_attr *a = c->bytes;

	return attr_row_find(attrs_of(c), a->group, a->attr);
}

/* A group whose attribute is not known may itself be. */
static void attr_group(struct decode_call *c, const struct decode_field *f,
		       const void *value)
{
	const struct kvm_device_attr *a = c->bytes;
	const struct attr_table *t = attrs_of(c);

	for (unsigned int i = 0; t && i < t->nr; i++)
		if (t->row[i].group == a->group) {
			out_word(c->out, f->name, t->row[i].group_name);
			return;
		}
	out_dec(c->out, f->name, a->group);
}

static void attr_number(struct decode_call *c, const struct decode_field *f,
			const void *value)
{
	const struct kvm_device_attr *a = c->bytes;
	const struct attr_row *row = row_of(c);
	char name[64];

	if (row && row->describe && row->describe(a->attr, name, sizeof(name)))
		out_word(c->out, f->name, name);
	else if (row && !row->absent && row->first == row->last)
		out_word(c->out, f->name, row->name);
	else
		out_hex(c->out, f->name, a->attr);
}

/* What addr points to, by the row. */
static void attr_value(struct decode_call *c, const struct decode_field *f,
		       const void *value)
{
	const struct kvm_device_attr *a = c->bytes;
	const struct attr_row *row = row_of(c);
	uint8_t bytes[64] = {0};
	uint64_t word = 0;
	size_t n = 8;

	if (!row || row->payload == ATTR_NO_PAYLOAD || row->absent) {
		if (a->addr)
			out_hex(c->out, "addr", a->addr);
		return;
	}
	if (row->payload == ATTR_STRUCT)
		n = row->size < sizeof(bytes) ? row->size : sizeof(bytes);
	else if (row->payload != ATTR_U64)
		n = 4;
	if (copy_from_user(bytes, (void *)a->addr, n)) {
		out_hex(c->out, "addr", a->addr);
		return;
	}
	memcpy(&word, bytes, n < 8 ? n : 8);
	if (row->payload == ATTR_S32)
		out_int(c->out, f->name, (int32_t)word);
	else if (row->payload != ATTR_STRUCT)
		out_hex(c->out, f->name, word);
	else if (!c->arch->decode || !c->arch->decode->attr_struct ||
		 !c->arch->decode->attr_struct(c, f->name, row, bytes))
		out_bytes(c->out, f->name, bytes, n);
}

#define ATTR_FIELDS                                                            \
	FIELD_OF(kvm_device_attr, flags, DECODE_PAD),                          \
		FIELD_OF(kvm_device_attr, group, DECODE_FN, .fn = attr_group), \
		FIELD_OF(kvm_device_attr, attr, DECODE_FN, .fn = attr_number)
#define ATTR_VALUE(way_)                                                       \
	{                                                                      \
		.name = "value", .at = offsetof(struct kvm_device_attr, addr), \
		.size = 8, .kind = DECODE_FN, .way = way_, .fn = attr_value    \
	}

static const struct decode_field set_attr[] = {ATTR_FIELDS,
					       ATTR_VALUE(DECODE_IN)};
static const struct decode_field get_attr[] = {ATTR_FIELDS,
					       ATTR_VALUE(DECODE_OUT)};
/* Nothing is read at its address. */
static const struct decode_field has_attr[] = {
	ATTR_FIELDS,
	FIELD_OF(kvm_device_attr, addr, DECODE_PAD),
};
static const struct decode_fields set_attr_fields =
	FIELDS_OF(set_attr, kvm_device_attr);
static const struct decode_fields get_attr_fields =
	FIELDS_OF(get_attr, kvm_device_attr);
static const struct decode_fields has_attr_fields =
	FIELDS_OF(has_attr, kvm_device_attr);

/* The numbers of devices are those that KVM_CREATE_DEVICE has for them. */
static const struct decode_field draft[] = {
	FIELD_OF(kvm_device_attr_draft, device, DECODE_FN, .fn = device_type),
	FIELD_OF(kvm_device_attr_draft, attr, DECODE_DEC),
	FIELD_OF(kvm_device_attr_draft, value),
};
static const struct decode_fields draft_fields =
	FIELDS_OF(draft, kvm_device_attr_draft);

/* 4 or 8 bytes; what another size would be is not known. */
static void draft_value(struct decode_call *c, const struct decode_field *f,
			const void *value)
{
	const struct kvm_device_attr_draft_addr *a = c->bytes;
	uint64_t word = 0;

	if ((a->size != 4 && a->size != 8) ||
	    copy_from_user(&word, (void *)a->addr, a->size))
		out_hex(c->out, "addr", a->addr);
	else
		out_hex(c->out, "value", word);
}

static const struct decode_field draft_addr[] = {
	FIELD_OF(kvm_device_attr_draft_addr, device, DECODE_FN,
		 .fn = device_type),
	FIELD_OF(kvm_device_attr_draft_addr, attr, DECODE_DEC),
	FIELD_OF(kvm_device_attr_draft_addr, size, DECODE_DEC),
	FIELD_OF(kvm_device_attr_draft_addr, pad, DECODE_PAD),
	FIELD_OF(kvm_device_attr_draft_addr, addr, DECODE_FN,
		 .fn = draft_value),
};
static const struct decode_fields draft_addr_fields =
	FIELDS_OF(draft_addr, kvm_device_attr_draft_addr);

/* ---- vCPU ---------------------------------------------------------------- */

static const struct decode_name mp_states[] = {
	DECODE_NAME(KVM_MP_STATE_RUNNABLE),
	DECODE_NAME(KVM_MP_STATE_STOPPED),
	DECODE_NAME(KVM_MP_STATE_SUSPENDED),
	END,
};
static const struct decode_field get_mp_state[] = {
	FIELD_OF(kvm_mp_state, mp_state, DECODE_ENUM, DECODE_OUT,
		 .names = mp_states),
};
static const struct decode_field set_mp_state[] = {
	FIELD_OF(kvm_mp_state, mp_state, DECODE_ENUM, .names = mp_states),
};
static const struct decode_fields get_mp_state_fields =
	FIELDS_OF(get_mp_state, kvm_mp_state);
static const struct decode_fields set_mp_state_fields =
	FIELDS_OF(set_mp_state, kvm_mp_state);

static void signal_set(struct decode_call *c, const struct decode_field *f,
		       const void *value)
{
	const struct kvm_signal_mask *m = value;
	uint64_t mask = 0;
	const char *name;

	if (m->len != sizeof(mask) ||
	    copy_from_user(&mask, (void *)(c->at + sizeof(*m)), sizeof(mask)))
		return;
	out_open(c->out, f->name, '[');
	for (int sig = 1; sig <= 64; sig++) {
		if (!(mask >> (sig - 1) & 1))
			continue;
		name = sigabbrev_np(sig);
		if (name)
			out_word(c->out, NULL, name);
		else
			out_dec(c->out, NULL, sig);
	}
	out_close(c->out, ']');
}

static const struct decode_field signal_mask[] = {
	FIELD_OF(kvm_signal_mask, len, DECODE_DEC),
	{.name = "sigset", .kind = DECODE_FN, .fn = signal_set},
};
static const struct decode_fields signal_mask_fields =
	FIELDS_OF(signal_mask, kvm_signal_mask);

static void reg_value(struct decode_call *c, const struct decode_field *f,
		      const void *value)
{
	const struct kvm_one_reg *reg = c->bytes;
	unsigned int n = 1u << FIELD(reg->id, 55, 52);
	uint8_t bytes[256];
	uint64_t word = 0;

	if (n > sizeof(bytes) || copy_from_user(bytes, (void *)reg->addr, n)) {
		out_hex(c->out, "addr", reg->addr);
	} else if (n <= sizeof(word)) {
		memcpy(&word, bytes, n);
		out_hex(c->out, "value", word);
	} else {
		out_bytes(c->out, "value", bytes, n);
	}
}

static const struct decode_field get_one_reg[] = {
	FIELD_OF(kvm_one_reg, id, DECODE_REG),
	FIELD_OF(kvm_one_reg, addr, DECODE_FN, DECODE_OUT, .fn = reg_value),
};
static const struct decode_field set_one_reg[] = {
	FIELD_OF(kvm_one_reg, id, DECODE_REG),
	FIELD_OF(kvm_one_reg, addr, DECODE_FN, .fn = reg_value),
};
static const struct decode_fields get_one_reg_fields =
	FIELDS_OF(get_one_reg, kvm_one_reg);
static const struct decode_fields set_one_reg_fields =
	FIELDS_OF(set_one_reg, kvm_one_reg);

static const struct decode_field reg_id[] = {
	{.kind = DECODE_REG, .size = 8, .way = DECODE_BOTH},
};
static const struct decode_fields reg_id_fields = {reg_id, 1, 8};
static const struct decode_field reg_list[] = {
	FIELD_OF(kvm_reg_list, n, DECODE_DEC, DECODE_BOTH),
	{.name = "reg",
	 .kind = DECODE_TAIL,
	 .way = DECODE_OUT,
	 .fields = &reg_id_fields,
	 .count_size = 8},
};
static const struct decode_fields reg_list_fields =
	FIELDS_OF(reg_list, kvm_reg_list);

static const struct decode_field translation[] = {
	FIELD_OF(kvm_translation, linear_address),
	FIELD_OF(kvm_translation, physical_address, DECODE_HEX, DECODE_OUT),
	FIELD_OF(kvm_translation, valid, DECODE_DEC, DECODE_OUT),
	FIELD_OF(kvm_translation, writeable, DECODE_DEC, DECODE_OUT),
	FIELD_OF(kvm_translation, usermode, DECODE_DEC, DECODE_OUT),
};
static const struct decode_fields translation_fields =
	FIELDS_OF(translation, kvm_translation);

/* ---- the requests -------------------------------------------------------- */

static const struct decode_field hex_value[] = {{.size = 8}};
static const struct decode_field dec_value[] = {
	{.kind = DECODE_DEC, .size = 8}};
static const struct decode_fields hex_fields = {hex_value, 1, 8};
static const struct decode_fields dec_fields = {dec_value, 1, 8};

static const struct decode_request requests[] = {
	REQUEST_NO_ARG(KVM_GET_API_VERSION),
	REQUEST_VALUE(KVM_CREATE_VM, hex_fields),
	REQUEST_VALUE(KVM_CHECK_EXTENSION, capability_fields),
	REQUEST_NO_ARG(KVM_GET_VCPU_MMAP_SIZE),
	REQUEST_VALUE(KVM_CREATE_VCPU, dec_fields),
	REQUEST_POINTS(KVM_ENABLE_CAP, decode_enable_cap),
	REQUEST_POINTS(KVM_SET_USER_MEMORY_REGION, region_fields),
	REQUEST_POINTS(KVM_SET_USER_MEMORY_REGION2, region2_fields),
	REQUEST_NO_ARG(KVM_RESET_DIRTY_RINGS),
	REQUEST_POINTS(KVM_GET_DIRTY_LOG, dirty_log_fields),
	REQUEST_POINTS(KVM_CLEAR_DIRTY_LOG, clear_log_fields),
	REQUEST_POINTS(KVM_REGISTER_COALESCED_MMIO, zone_fields),
	REQUEST_POINTS(KVM_UNREGISTER_COALESCED_MMIO, zone_fields),
	REQUEST_POINTS(KVM_IRQFD, irqfd_fields),
	REQUEST_POINTS(KVM_IOEVENTFD, ioeventfd_fields),
	REQUEST_POINTS(KVM_SIGNAL_MSI, msi_fields),
	REQUEST_POINTS(KVM_IRQ_LINE, irq_level_fields),
	REQUEST_POINTS(KVM_IRQ_LINE_STATUS, irq_level_status_fields),
	REQUEST_POINTS(KVM_SET_GSI_ROUTING, routing_fields),
	REQUEST_POINTS(KVM_CREATE_DEVICE, create_device_fields),
	REQUEST_NO_ARG(KVM_GET_STATS_FD),
	REQUEST_POINTS(KVM_SET_DEVICE_ATTR_DRAFT, draft_fields),
	REQUEST_POINTS(KVM_SET_DEVICE_ATTR_DRAFT_ADDR, draft_addr_fields),
	REQUEST_NO_ARG(KVM_RUN),
	REQUEST_POINTS(KVM_GET_MP_STATE, get_mp_state_fields),
	REQUEST_POINTS(KVM_SET_MP_STATE, set_mp_state_fields),
	REQUEST_POINTS(KVM_SET_SIGNAL_MASK, signal_mask_fields),
	REQUEST_POINTS(KVM_SET_DEVICE_ATTR, set_attr_fields),
	REQUEST_POINTS(KVM_GET_DEVICE_ATTR, get_attr_fields),
	REQUEST_POINTS(KVM_HAS_DEVICE_ATTR, has_attr_fields),
	REQUEST_POINTS(KVM_GET_ONE_REG, get_one_reg_fields),
	REQUEST_POINTS(KVM_SET_ONE_REG, set_one_reg_fields),
	REQUEST_POINTS(KVM_GET_REG_LIST, reg_list_fields, .out_errno = E2BIG),
	REQUEST_POINTS(KVM_TRANSLATE, translation_fields),
	REQUEST_NO_ARG(KVM_CREATE_IRQCHIP),
	REQUEST_FOREIGN(KVM_TRACE_ENABLE),
	REQUEST_NO_ARG(KVM_TRACE_PAUSE),
	REQUEST_NO_ARG(KVM_TRACE_DISABLE),
	REQUEST_FOREIGN(KVM_CREATE_GUEST_MEMFD),
	REQUEST_FOREIGN(KVM_SET_MEMORY_ATTRIBUTES),
	REQUEST_VALUE(KVM_SET_TSS_ADDR, hex_fields),
	REQUEST_FOREIGN(KVM_SET_IDENTITY_MAP_ADDR),
	REQUEST_VALUE(KVM_SET_NR_MMU_PAGES, dec_fields),
	REQUEST_NO_ARG(KVM_GET_NR_MMU_PAGES),
	REQUEST_FOREIGN(KVM_GET_IRQCHIP),
	REQUEST_FOREIGN(KVM_SET_IRQCHIP),
	REQUEST_NO_ARG(KVM_CREATE_PIT),
	REQUEST_FOREIGN(KVM_CREATE_PIT2),
	REQUEST_VALUE(KVM_REINJECT_CONTROL, hex_fields),
	REQUEST_VALUE(KVM_SET_BOOT_CPU_ID, dec_fields),
	REQUEST_FOREIGN(KVM_GET_CLOCK),
	REQUEST_FOREIGN(KVM_SET_CLOCK),
	REQUEST_FOREIGN(KVM_SET_PMU_EVENT_FILTER),
	REQUEST_FOREIGN(KVM_MEMORY_ENCRYPT_OP),
	REQUEST_FOREIGN(KVM_MEMORY_ENCRYPT_REG_REGION),
	REQUEST_FOREIGN(KVM_MEMORY_ENCRYPT_UNREG_REGION),
	REQUEST_FOREIGN(KVM_XEN_HVM_EVTCHN_SEND),
	REQUEST_FOREIGN(KVM_PRE_FAULT_MEMORY),
	REQUEST_FOREIGN(KVM_GET_REGS),
	REQUEST_FOREIGN(KVM_SET_REGS),
	REQUEST_FOREIGN(KVM_GET_SREGS),
	REQUEST_FOREIGN(KVM_SET_SREGS),
	REQUEST_FOREIGN(KVM_GET_FPU),
	REQUEST_FOREIGN(KVM_SET_FPU),
	REQUEST_FOREIGN(KVM_INTERRUPT),
	REQUEST_FOREIGN(KVM_DIRTY_TLB),
	REQUEST_NO_ARG(KVM_NMI),
	REQUEST_NO_ARG(KVM_SMI),
	REQUEST_NO_ARG(KVM_KVMCLOCK_CTRL),
	REQUEST_VALUE(KVM_SET_TSC_KHZ, dec_fields),
	REQUEST_NO_ARG(KVM_GET_TSC_KHZ),
	REQUEST_FOREIGN(KVM_TPR_ACCESS_REPORTING),
	REQUEST_FOREIGN(KVM_SET_VAPIC_ADDR),
	REQUEST_FOREIGN(KVM_X86_SETUP_MCE),
	REQUEST_FOREIGN(KVM_X86_GET_MCE_CAP_SUPPORTED),
	REQUEST_NO_ARG(KVM_S390_INITIAL_RESET),
	REQUEST_NO_ARG(KVM_S390_NORMAL_RESET),
	REQUEST_NO_ARG(KVM_S390_CLEAR_RESET),
	REQUEST_VALUE(KVM_S390_STORE_STATUS, hex_fields),
};

const struct decode_table decode_core = {
	.request = requests,
	.nr_requests = ARRAY_SIZE(requests),
	.exit = decode_core_exits,
};
