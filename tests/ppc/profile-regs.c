/* SPDX-License-Identifier: MIT */
/*
 * Client of the PowerPC profile: registers of a vCPU by every request, timers and
 * floating point. See profile.h.
 */
#include "profile.h"

#include <stddef.h>
#include <unistd.h>

struct field {
	const char *name;
	size_t at, size;
};

static uint64_t field_get(const void *p, const struct field *f)
{
	uint64_t v;
	uint32_t w;

	if (f->size == 8) {
		memcpy(&v, (const char *)p + f->at, 8);
		return v;
	}
	if (f->size == 4) {
		memcpy(&w, (const char *)p + f->at, 4);
		return w;
	}
	return *((const unsigned char *)p + f->at);
}

/* Those that are others than the last time, in @was. */
static void print_fields(const char *what, const void *p, void *was,
			 const struct field *f, size_t n)
{
	printf("%s:", what);
	for (; n--; f++) {
		uint64_t v = field_get(p, f);

		if (v != field_get(was, f))
			printf(" %s %llx", f->name, (unsigned long long)v);
		memcpy((char *)was + f->at, (const char *)p + f->at, f->size);
	}
	puts("");
}

#define FIELD_OF(s, m)                                                \
	{                                                             \
#m, offsetof(struct s, m), sizeof(((struct s *)0)->m) \
	}
#define REG(m) FIELD_OF(kvm_regs, m)
static const struct field regs_fields[] = {
	REG(pc),     REG(cr),      REG(ctr),     REG(lr),      REG(xer),
	REG(msr),    REG(srr0),    REG(srr1),    REG(pid),     REG(sprg0),
	REG(sprg1),  REG(sprg2),   REG(sprg3),   REG(sprg4),   REG(sprg5),
	REG(sprg6),  REG(sprg7),   REG(gpr[0]),  REG(gpr[1]),  REG(gpr[2]),
	REG(gpr[3]), REG(gpr[15]), REG(gpr[30]), REG(gpr[31]),
};

static void get_regs(const char *what)
{
	static struct kvm_regs was;
	struct kvm_regs r;

	memset(&r, 0x5a, sizeof(r));
	SAY("get regs", ask(vcpu, KVM_GET_REGS, &r));
	print_fields(what, &r, &was, regs_fields,
		     sizeof(regs_fields) / sizeof(regs_fields[0]));
}

void regs(void)
{
	struct kvm_regs r;
	uint64_t *word = (uint64_t *)&r;

	topic("regs");
	get_regs("at first");
	for (size_t i = 0; i < sizeof(r) / 8; i++)
		word[i] = 0x0123456789abcd00 + i;
	SAY("set regs", ask(vcpu, KVM_SET_REGS, &r));
	get_regs("numbers");
	memset(&r, 0xff, sizeof(r));
	SAY("set regs", ask(vcpu, KVM_SET_REGS, &r));
	get_regs("ones");
	memset(&r, 0, sizeof(r));
	SAY("set regs", ask(vcpu, KVM_SET_REGS, &r));
	get_regs("zeros");
}

#define SREG(m)                                                \
	{                                                      \
#m, offsetof(struct kvm_sregs, u.e.m),         \
			sizeof(((struct kvm_sregs *)0)->u.e.m) \
	}
static const struct field sregs_fields[] = {
	FIELD_OF(kvm_sregs, pvr),
	SREG(impl.fsl.features),
	SREG(impl.fsl.svr),
	SREG(impl.fsl.mcar),
	SREG(impl.fsl.hid0),
	SREG(impl.fsl.pid1),
	SREG(impl.fsl.pid2),
	SREG(features),
	SREG(impl_id),
	SREG(update_special),
	SREG(pir),
	SREG(sprg8),
	SREG(sprg9),
	SREG(csrr0),
	SREG(dsrr0),
	SREG(mcsrr0),
	SREG(csrr1),
	SREG(dsrr1),
	SREG(mcsrr1),
	SREG(esr),
	SREG(dear),
	SREG(ivpr),
	SREG(mcivpr),
	SREG(mcsr),
	SREG(tsr),
	SREG(tcr),
	SREG(decar),
	SREG(dbsr),
	SREG(dbcr[0]),
	SREG(dbcr[1]),
	SREG(dbcr[2]),
	SREG(iac[0]),
	SREG(iac[1]),
	SREG(iac[2]),
	SREG(iac[3]),
	SREG(dac[0]),
	SREG(dac[1]),
	SREG(dvc[0]),
	SREG(dvc[1]),
	SREG(num_iac),
	SREG(num_dac),
	SREG(num_dvc),
	SREG(pad),
	SREG(epr),
	SREG(vrsave),
	SREG(epcr),
	SREG(mas0),
	SREG(mas1),
	SREG(mas2),
	SREG(mas7_3),
	SREG(mas4),
	SREG(mas6),
	SREG(ivor_low[0]),
	SREG(ivor_low[1]),
	SREG(ivor_low[2]),
	SREG(ivor_low[3]),
	SREG(ivor_low[4]),
	SREG(ivor_low[5]),
	SREG(ivor_low[6]),
	SREG(ivor_low[7]),
	SREG(ivor_low[8]),
	SREG(ivor_low[9]),
	SREG(ivor_low[10]),
	SREG(ivor_low[11]),
	SREG(ivor_low[12]),
	SREG(ivor_low[13]),
	SREG(ivor_low[14]),
	SREG(ivor_low[15]),
	SREG(ivor_high[0]),
	SREG(ivor_high[1]),
	SREG(ivor_high[2]),
	SREG(ivor_high[3]),
	SREG(ivor_high[4]),
	SREG(ivor_high[17]),
	SREG(mmucfg),
	SREG(eptcfg),
	SREG(tlbcfg[0]),
	SREG(tlbcfg[1]),
	SREG(tlbcfg[2]),
	SREG(tlbcfg[3]),
	SREG(tlbps[0]),
	SREG(tlbps[3]),
	SREG(eplc),
	SREG(epsc),
};

/* All but the time, which goes on. */
void get_sregs(const char *what)
{
	static struct kvm_sregs was;
	struct kvm_sregs s;

	memset(&s, 0x5a, sizeof(s));
	SAY("get sregs", ask(vcpu, KVM_GET_SREGS, &s));
	print_fields(what, &s, &was, sregs_fields,
		     sizeof(sregs_fields) / sizeof(sregs_fields[0]));
	printf("the rest is 0: %d\n", s.u.pad[sizeof(s.u.pad) - 1] == 0);
}

static void set_sregs(const char *what, uint32_t features, uint32_t impl,
		      uint32_t special)
{
	static uint32_t count;
	struct kvm_sregs s;
	uint32_t *word = (uint32_t *)&s;

	/* The same in both halves of 64 bits, and new each time. */
	for (size_t i = 0; i < sizeof(s) / 4; i++)
		word[i] = 0x11110000 + (count << 16) + i / 2;
	count++;
	s.pvr = 0x80210030;
	s.u.e.pir = 0;
	s.u.e.features = features;
	s.u.e.impl_id = impl;
	s.u.e.update_special = special;
	/* No watchdog that expires while this runs. */
	s.u.e.tcr = 0x00400000;
	SAY(what, ask(vcpu, KVM_SET_SREGS, &s));
	get_sregs(what);
}

void sregs(void)
{
	struct kvm_sregs s;

	topic("sregs");
	get_sregs("at first");
	SAY("get", ask(vcpu, KVM_GET_SREGS, &s));
	s.pvr ^= 1;
	SAY("another PVR", ask(vcpu, KVM_SET_SREGS, &s));
	s.pvr ^= 1;
	s.u.e.pir = 1;
	s.u.e.mas0 = 1;
	s.u.e.csrr0 = 0x4444;
	SAY("another PIR", ask(vcpu, KVM_SET_SREGS, &s));
	get_sregs("after another PIR");
	s.u.e.features &= ~KVM_SREGS_E_ARCH206;
	SAY("another PIR, not of features", ask(vcpu, KVM_SET_SREGS, &s));
	get_sregs("after that");
	for (unsigned int bit = 0; bit < 16; bit++) {
		char what[32];

		snprintf(what, sizeof(what), "features bit %u", bit);
		set_sregs(what, 1u << bit, 0, 0);
	}
	set_sregs("IVORs and SPE", KVM_SREGS_E_IVOR | KVM_SREGS_E_SPE, 0, 0);
	set_sregs("IVORs and PM", KVM_SREGS_E_IVOR | KVM_SREGS_E_PM, 0, 0);
	set_sregs("impl", 0, KVM_SREGS_E_IMPL_FSL, 0);
	set_sregs("TSR", KVM_SREGS_E_BASE, 0, 2);
	set_sregs("all", 0xffffffff, 1, 2);
}

void reg_get(uint64_t id)
{
	uint64_t buf[4] = {0x5a5a5a5a5a5a5a5a, 0, 0, 0};
	struct kvm_one_reg reg = {.id = id, .addr = PTR(buf)};
	int ret = ask(vcpu, KVM_GET_ONE_REG, &reg);
	uint32_t w;

	memcpy(&w, buf, 4);
	if (ret != -EINVAL)
		printf("reg %llx: %s %llx\n", (unsigned long long)id,
		       answer(ret),
		       (id >> 52 & 15) == 2 ? w : (unsigned long long)buf[0]);
}

static void reg_set(uint64_t id, uint64_t val)
{
	uint32_t w = val;
	uint64_t buf[4] = {val};
	struct kvm_one_reg reg = {
		.id = id, .addr = (id >> 52 & 15) == 2 ? PTR(&w) : PTR(buf)};
	int ret = ask(vcpu, KVM_SET_ONE_REG, &reg);

	if (ret != -EINVAL)
		printf("reg %llx set to %llx: %s\n", (unsigned long long)id,
		       (unsigned long long)val, answer(ret));
}

void one_reg(void)
{
	struct kvm_one_reg reg = {.id = KVM_REG_PPC_EPR, .addr = 8};
	unsigned char byte[8];

	topic("one_reg");
	for (uint64_t size = 0; size < 16; size++) {
		for (unsigned int n = 0; n < 0x140; n++) {
			uint64_t id = KVM_REG_PPC | size << 52 | n;

			/* A buffer has 32 bytes. */
			if (size > 5)
				reg = (struct kvm_one_reg){.id = id, .addr = 8};
			if (size > 5 &&
			    (ask(vcpu, KVM_GET_ONE_REG, &reg) != -EINVAL ||
			     ask(vcpu, KVM_SET_ONE_REG, &reg) != -EINVAL))
				printf("reg %llx is known\n",
				       (unsigned long long)id);
			if (size > 5)
				continue;
			reg_get(id);
			reg_set(id, 0x1234567800000009 + n);
			reg_get(id);
		}
	}
	/* One address is 0, others have a bit too many. */
	reg_get(KVM_REG_PPC_EPR & ~KVM_REG_PPC);
	reg_get(KVM_REG_PPC_EPR | 1ull << 62);
	reg_get(KVM_REG_PPC_EPR | 1ull << 32);
	reg = (struct kvm_one_reg){.id = KVM_REG_PPC_EPR, .addr = 8};
	SAY("get to nowhere", ask(vcpu, KVM_GET_ONE_REG, &reg));
	SAY("set from nowhere", ask(vcpu, KVM_SET_ONE_REG, &reg));
	reg.id = KVM_REG_PPC | KVM_REG_SIZE_U32 | 0x999;
	SAY("get an unknown one to nowhere", ask(vcpu, KVM_GET_ONE_REG, &reg));
	SAY("set an unknown one from nowhere",
	    ask(vcpu, KVM_SET_ONE_REG, &reg));
	reg = (struct kvm_one_reg){.id = KVM_REG_PPC_EPR,
				   .addr = PTR(byte + 1)};
	SAY("get to an odd address", ask(vcpu, KVM_GET_ONE_REG, &reg));
}

void timers(void)
{
	static const uint32_t tsrs[] = {0, 0xffffffff, 0x0c000000, 0x48000000};
	uint32_t val = 0;
	struct kvm_one_reg reg = {.id = KVM_REG_PPC_TSR, .addr = PTR(&val)};
	struct kvm_sregs s;

	topic("timers");
	reg_set(KVM_REG_PPC_TCR, 0);
	for (size_t i = 0; i < sizeof(tsrs) / sizeof(tsrs[0]); i++) {
		reg_set(KVM_REG_PPC_TSR, tsrs[i]);
		reg_get(KVM_REG_PPC_TSR);
		reg_set(KVM_REG_PPC_OR_TSR, 0x00ff0000);
		reg_get(KVM_REG_PPC_TSR);
		reg_set(KVM_REG_PPC_CLEAR_TSR, 0x440f0000);
		reg_get(KVM_REG_PPC_TSR);
		reg_get(KVM_REG_PPC_OR_TSR);
		reg_get(KVM_REG_PPC_CLEAR_TSR);
	}
	/* The decrementer: a bit of TSR when it has run down. */
	reg_set(KVM_REG_PPC_TSR, 0);
	ask(vcpu, KVM_GET_SREGS, &s);
	s.u.e.features = KVM_SREGS_E_BASE;
	s.u.e.update_special = KVM_SREGS_E_UPDATE_DEC;
	s.u.e.dec = 0x7fffffff;
	SAY("set DEC", ask(vcpu, KVM_SET_SREGS, &s));
	ask(vcpu, KVM_GET_SREGS, &s);
	printf("DEC goes down: %d\n",
	       s.u.e.dec < 0x7fffffff && s.u.e.dec > 0x10000000);
	s.u.e.dec = 1000;
	s.u.e.update_special = KVM_SREGS_E_UPDATE_DEC;
	SAY("set DEC", ask(vcpu, KVM_SET_SREGS, &s));
	for (int i = 0; i < 5000 && !val; i++) {
		usleep(1000);
		ask(vcpu, KVM_GET_ONE_REG, &reg);
	}
	printf("TSR %x\n", val);
	ask(vcpu, KVM_GET_SREGS, &s);
	printf("DEC %x\n", s.u.e.dec);
	/* The watchdog's first step: ENW. Bit 63 - 45 of the timebase. */
	reg_set(KVM_REG_PPC_TSR, 0);
	reg_set(KVM_REG_PPC_TCR, 0x40160000);
	for (val = 0; (val & 0xc0000000) != 0xc0000000;) {
		usleep(1000);
		ask(vcpu, KVM_GET_ONE_REG, &reg);
	}
	printf("TSR %x\n", val);
	reg_set(KVM_REG_PPC_TCR, 0);
	reg_set(KVM_REG_PPC_TSR, 0);
}

void fpu(void)
{
	struct kvm_fpu f = {0};

	topic("fpu");
	SAY("get", ask(vcpu, KVM_GET_FPU, &f));
	SAY("set", ask(vcpu, KVM_SET_FPU, &f));
}
