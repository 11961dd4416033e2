/* SPDX-License-Identifier: MIT */
/* The VM that most cases begin with, see abi.h. */
#include "abi.h"

#include "tests/tsan.h"

bool abi_reg_get(int vcpu, uint64_t id, uint64_t *val)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)val};

	return ioctl(vcpu, KVM_GET_ONE_REG, &reg) == 0;
}

bool abi_reg_set(int vcpu, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&val};

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg) == 0;
}

uint64_t reg_get(int vcpu, uint64_t id)
{
	uint64_t val = 0;

	NEED(abi_reg_get(vcpu, id, &val));
	return val;
}

void reg_set(int vcpu, uint64_t id, uint64_t val)
{
	NEED(abi_reg_set(vcpu, id, val));
}

int abi_attr(int fd, unsigned long request, uint32_t group, uint64_t attr,
	     void *addr)
{
	struct kvm_device_attr a = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)addr,
	};

	return ioctl(fd, request, &a);
}

uint32_t abi_dist_get(const struct abi_vm *v, uint32_t off)
{
	uint32_t val = 0;

	NEED(abi_attr(v->gic, KVM_GET_DEVICE_ATTR,
		      KVM_DEV_ARM_VGIC_GRP_DIST_REGS, off, &val) == 0);
	return val;
}

void abi_dist_set(const struct abi_vm *v, uint32_t off, uint32_t val)
{
	NEED(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		      KVM_DEV_ARM_VGIC_GRP_DIST_REGS, off, &val) == 0);
}

int abi_enable(int fd, uint32_t cap, uint32_t flags, uint64_t arg)
{
	struct kvm_enable_cap c = {.cap = cap, .flags = flags, .args = {arg}};

	return ioctl(fd, KVM_ENABLE_CAP, &c);
}

void *abi_bad_pointer(unsigned int n, size_t size)
{
	static char *pages;

	if (!pages) {
		pages = mmap(NULL, 0x3000, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		NEED(pages != MAP_FAILED);
		NEED(!mprotect(pages, 0x2000, PROT_READ | PROT_WRITE));
	}
	switch (n) {
	case 0: return pages + 0x2000;
#if UINTPTR_MAX > UINT32_MAX
	case 1: return (void *)0x00ff000000000000ul;
	case 2: return (void *)0xffff800000000000ul;
#else
	case 1: return (void *)0x10ul;
	case 2: return (void *)0xffff8000ul;
#endif
	case 3: return (void *)-8ul;
	default: return pages + 0x2000 - size + 1;
	}
}

static int init_vcpu(const struct abi_vm *v, int vcpu)
{
	struct kvm_vcpu_init init;

	NEED(ioctl(v->vm, KVM_ARM_PREFERRED_TARGET, &init) == 0);
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2 | v->features;
	return ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
}

int abi_init(struct abi_vm *v)
{
	return init_vcpu(v, v->vcpu);
}

int abi_vcpu(struct abi_vm *v, unsigned int id, struct kvm_run **run)
{
	int size = ioctl(v->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	int fd = ioctl(v->vm, KVM_CREATE_VCPU, id);

	NEED(fd >= 0 && size > 0);
	NEED(init_vcpu(v, fd) == 0);
	if (run) {
		*run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    0);
		NEED(*run != MAP_FAILED);
	}
	return fd;
}

static void gic_frame(int gic, uint64_t type, uint64_t base)
{
	NEED(abi_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, type,
		      &base) == 0);
}

bool abi_device_there(const struct abi_vm *v, uint32_t type)
{
	struct kvm_create_device dev = {.type = type,
					.flags = KVM_CREATE_DEVICE_TEST};

	return ioctl(v->vm, KVM_CREATE_DEVICE, &dev) == 0;
}

int abi_device(const struct abi_vm *v, uint32_t type)
{
	struct kvm_create_device dev = {.type = type};

	if (!abi_device_there(v, type))
		abi_skip(type == KVM_DEV_TYPE_ARM_VGIC_V2   ? "no GICv2"
			 : type == KVM_DEV_TYPE_ARM_VGIC_V3 ? "no GICv3"
							    : "no such device");
	NEED(ioctl(v->vm, KVM_CREATE_DEVICE, &dev) == 0);
	return dev.fd;
}

static void gic_init(struct abi_vm *v, enum abi_gic which)
{
	uint32_t irqs = 96;

	NEED(abi_attr(v->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS,
		      0, &irqs) == 0);
	if (which == ABI_GICV2) {
		gic_frame(v->gic, KVM_VGIC_V2_ADDR_TYPE_DIST, GUEST_GICD);
		gic_frame(v->gic, KVM_VGIC_V2_ADDR_TYPE_CPU, GUEST_GICC);
	} else {
		gic_frame(v->gic, KVM_VGIC_V3_ADDR_TYPE_DIST, GUEST_GICD);
		gic_frame(v->gic, KVM_VGIC_V3_ADDR_TYPE_REDIST, GUEST_GICR);
	}
	NEED(abi_attr(v->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		      KVM_DEV_ARM_VGIC_CTRL_INIT, NULL) == 0);
}

/* A 32-bit Arm host has the 40 bits and says 0. */
static int ipa_bits(int kvm)
{
	int max = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);

	return max > 0 && max < 40 ? max : 40;
}

int abi_create_vm(int kvm)
{
	int bits = ipa_bits(kvm);

	return ioctl(kvm, KVM_CREATE_VM, bits < 40 ? bits : 0);
}

uint64_t abi_ipa_end(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	uint64_t end = 1ull << ipa_bits(kvm);

	OK(close(kvm));
	return end;
}

void abi_vm_bare(struct abi_vm *v)
{
	*v = (struct abi_vm){.vcpu = -1, .gic = -1};
	v->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	NEED(v->kvm >= 0);
	v->vm = abi_create_vm(v->kvm);
	NEED(v->vm >= 0);
}

/* What abi_vm_open() and the others give a VM that has nothing. */
static void vm_fill(struct abi_vm *v, enum abi_gic gic)
{
	struct kvm_userspace_memory_region slot = {
		.guest_phys_addr = GUEST_BASE,
		.memory_size = GUEST_SIZE,
	};

	v->ram = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(v->ram != MAP_FAILED);
	tsan_guest_memory(v->ram, GUEST_SIZE);
	slot.userspace_addr = (uintptr_t)v->ram;
	NEED(ioctl(v->vm, KVM_SET_USER_MEMORY_REGION, &slot) == 0);
	if (gic != ABI_NO_GIC)
		v->gic = abi_device(v, gic == ABI_GICV2
					       ? KVM_DEV_TYPE_ARM_VGIC_V2
					       : KVM_DEV_TYPE_ARM_VGIC_V3);
	v->vcpu = abi_vcpu(v, 0, &v->run);
	v->run_size = (size_t)ioctl(v->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (gic != ABI_NO_GIC)
		gic_init(v, gic);
}

void abi_vm_open(struct abi_vm *v, enum abi_gic gic)
{
	abi_vm_bare(v);
	vm_fill(v, gic);
}

void abi_vm_close(struct abi_vm *v)
{
	const int fds[] = {v->vcpu, v->gic, v->vm, v->kvm};

	if (v->run)
		OK(munmap(v->run, v->run_size));
	if (v->ram)
		OK(munmap(v->ram, GUEST_SIZE));
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			OK(close(fds[i]));
}

void abi_vm_open_with(struct abi_vm *v, enum abi_gic gic,
		      void (*first)(struct abi_vm *v))
{
	abi_vm_bare(v);
	first(v);
	vm_fill(v, gic);
}

/* Of the old port no case asks for any. */
static void need_features(const struct abi_vm *v)
{
#ifdef FAUXKVM_ABI_ARM64
	static const struct {
		unsigned int feature;
		int cap;
		const char *lacks;
	} t[] = {
		{KVM_ARM_VCPU_PMU_V3, KVM_CAP_ARM_PMU_V3, "no PMU"},
		{KVM_ARM_VCPU_PTRAUTH_ADDRESS, KVM_CAP_ARM_PTRAUTH_ADDRESS,
		 "no pointer authentication"},
		{KVM_ARM_VCPU_SVE, KVM_CAP_ARM_SVE, "no SVE"},
		{KVM_ARM_VCPU_EL1_32BIT, KVM_CAP_ARM_EL1_32BIT,
		 "no AArch32 at EL1"},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if ((v->features >> t[i].feature & 1) &&
		    ioctl(v->kvm, KVM_CHECK_EXTENSION, t[i].cap) != 1)
			abi_skip(t[i].lacks);
#endif
}

void abi_vm_open_features(struct abi_vm *v, enum abi_gic gic, uint32_t features)
{
	abi_vm_bare(v);
	v->features = features;
	need_features(v);
	vm_fill(v, gic);
}

void abi_guest_load(struct abi_vm *v, uint64_t off, const uint32_t *code,
		    size_t words)
{
	char *at = (char *)v->ram + off;

	NEED(off + words * 4 <= GUEST_SIZE);
	memcpy(at, code, words * 4);
	__builtin___clear_cache(at, at + words * 4);
	reg_set(v->vcpu, REG_PC, GUEST_BASE + off);
}

uint32_t abi_run(struct abi_vm *v)
{
	int ret;

	do
		ret = ioctl(v->vcpu, KVM_RUN, 0);
	while (ret && errno == EINTR && !v->run->immediate_exit);
	NEED(ret == 0);
	return v->run->exit_reason;
}

void abi_run_nothing(struct abi_vm *v)
{
	v->run->immediate_exit = 1;
	REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EINTR);
	v->run->immediate_exit = 0;
}

uint64_t abi_counter_hz(void)
{
	struct abi_vm v;
	uint64_t hz;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_MRS(0, SYSREG_ENC(3, 3, 14, 0, 0)),
	      ASM_MOVZ(1, GUEST_MMIO >> 16, 1), ASM_STR(0, 1), ASM_B_SELF);
	NEED(abi_run(&v) == KVM_EXIT_MMIO);
	hz = reg_get(v.vcpu, REG_X(0));
	abi_vm_close(&v);
	return hz;
}

void abi_run_timer_line(struct abi_vm *v, uint64_t level)
{
	REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v->run->exit_reason, KVM_EXIT_INTR);
	EQUAL(v->run->s.regs.device_irq_level & 3, level);
}

bool abi_has_vhe(const struct abi_vm *v)
{
	/* FEAT_LSE came with it, and KVM shows that. */
	return reg_get(v->vcpu, REG_SYS(3, 0, 0, 6, 0)) >> 20 & 15;
}
