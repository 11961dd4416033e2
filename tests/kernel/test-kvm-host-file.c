/* SPDX-License-Identifier: MIT */
/*
 * Hosts that files describe (kernel/arm64/host-file.h): what each shipped one
 * is, that a host written down is the same one read, and each mistake with its
 * line and the reason.
 */
#include "test-kvm.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/refuse.h"
#include "base/since.h"
#include "kernel/arm64/host-file.h"

/* ---- the shipped ones ---------------------------------------------------- */

static const struct {
	const char *name;
	unsigned int gics; /* BIT(2) and BIT(3) */
	int ipa, cpus, max_vcpus;
	uint64_t hz, midr;
	bool pmu, pauth;
} shipped[] = {
	{"rpi4", BIT(2), 44, 4, 8, 54000000, 0x410fd083, true, false},
	{"rpi5", BIT(2), 40, 4, 8, 54000000, 0x414fd0b1, true, false},
	{"graviton2", BIT(3), 48, 64, 512, 121875000, 0x413fd0c1, true, false},
	{"altra", BIT(3), 48, 80, 512, 25000000, 0x413fd0c1, true, false},
	{"graviton3", BIT(3), 48, 64, 512, 1050000000, 0x411fd401, true, true},
	{"cobalt100", BIT(3), 48, 128, 512, 1000000000, 0x410fd490, true, true},
	{"thunderx2", BIT(3), 44, 64, 512, 200000000, 0x431f0af1, true, false},
	{"ampereone", BIT(3), 48, 192, 512, 1000000000, 0xc00fac30, true, true},
	{"apple-m1", BIT(3), 36, 8, 512, 24000000, 0x611f0231, false, true},
	{"kernel-6.1", BIT(2) | BIT(3), 48, 0, 512, 62500000, 0x481fd010, true,
	 false},
};

static uint64_t one_reg(int vcpu, uint64_t id)
{
	uint64_t val = 0;
	struct kvm_one_reg reg = {id, (uintptr_t)&val};

	ASK(0, vcpu, KVM_GET_ONE_REG, &reg);
	return val;
}

static void check_devices(int vm, unsigned int gics)
{
	static const struct {
		uint32_t type, gic;
	} types[] = {{KVM_DEV_TYPE_ARM_VGIC_V2, 2},
		     {KVM_DEV_TYPE_ARM_VGIC_V3, 3},
		     {KVM_DEV_TYPE_ARM_VGIC_ITS, 3}};

	for (size_t k = 0; k < ARRAY_SIZE(types); k++) {
		struct kvm_create_device cd = {.type = types[k].type,
					       .flags = KVM_CREATE_DEVICE_TEST};

		ASK(gics & BIT(types[k].gic) ? 0 : -ENODEV, vm,
		    KVM_CREATE_DEVICE, &cd);
	}
}

START_TEST(what_they_are)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};
	int ipa = shipped[_i].ipa, sys, vm, vcpu;

	ck_assert_int_eq(kernel_set_profile(shipped[_i].name), 0);
	ck_assert_str_eq(kernel_profile_name(), shipped[_i].name);
	sys = kvm_host_open();
	ck_assert_int_eq(KVM(sys, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE),
			 ipa);
	ASK(-EINVAL, sys, KVM_CREATE_VM, ipa + 1);
	vm = KVM(sys, KVM_CREATE_VM, ipa);
	check_devices(vm, shipped[_i].gics);
	ck_assert_int_eq(KVM(vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS),
			 shipped[_i].max_vcpus);
	if (shipped[_i].cpus)
		ck_assert_int_eq(
			KVM(sys, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS),
			shipped[_i].cpus);
	ck_assert_int_eq(KVM(sys, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PMU_V3),
			 shipped[_i].pmu);
	ck_assert_int_eq(
		KVM(sys, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PTRAUTH_ADDRESS),
		shipped[_i].pauth);
	vcpu = KVM(vm, KVM_CREATE_VCPU, 0);
	ASK(0, vcpu, KVM_ARM_VCPU_INIT, &init);
	ck_assert_uint_eq(one_reg(vcpu, 0x603000000013c000), shipped[_i].midr);
	ck_assert_uint_eq(host_profile->counter_hz, shipped[_i].hz);
	kvm_host_close(vcpu);
	kvm_host_close(vm);
	kvm_host_close(sys);
}
END_TEST

START_TEST(all_are_tested)
{
	unsigned int n = 0;

	while (host_row(n))
		n++;
	ck_assert_uint_eq(n, ARRAY_SIZE(shipped) + 8);
}
END_TEST

/* ---- text ---------------------------------------------------------------- */

static struct host_file file;

static int text_read(const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len + 1);
	int ret;

	memcpy(copy, text, len);
	ret = host_text_read("/x/board.ini", copy, len, &file);
	free(copy);
	return ret;
}

START_TEST(taken)
{
	ck_assert_int_eq(
		text_read("# mine\n[host]\nbase = cortex-a57\nabout = mine\n"
			  "kernel=6.1\ngic = both\nipa-bits = 0x20\n"
			  "counter-hz = 54000000 ; a crystal\ncpus = 3\n"
			  "page-size = 4096\n[id]\nCCSIDR1 = 7\n"
			  "ID_AA64ISAR0_EL1.CRC32 = 0\nREVIDR_EL1 = 9\n"),
		0);
	ck_assert_str_eq(file.profile.name, "board");
	ck_assert_str_eq(file.profile.about, "mine");
	ck_assert_uint_eq(file.profile.kernel, LINUX(6, 1));
	ck_assert(file.profile.gicv2 && file.profile.gicv3);
	ck_assert_uint_eq(file.profile.ipa_bits, 32);
	ck_assert_uint_eq(file.profile.counter_hz, 54000000);
	ck_assert_uint_eq(file.profile.cpus, 3);
	ck_assert_uint_eq(file.profile.ccsidr[1], 7);
	ck_assert_uint_eq(file.profile.target, KVM_ARM_TARGET_CORTEX_A57);
	for (unsigned int n = 0; n < file.profile.nr_ids; n++)
		if (file.ids[n].enc == ENC_ID_AA64ISAR0)
			ck_assert_uint_eq(file.ids[n].val, 0x01120);
	/* Nothing said: the default. */
	ck_assert_int_eq(text_read(""), 0);
	ck_assert_uint_eq(file.profile.nr_ids, host_row(0)->nr_ids);
	ck_assert_uint_eq(file.profile.kernel, LINUX_NEWEST);
}
END_TEST

START_TEST(pointer_authentication)
{
	ck_assert_int_eq(text_read("[id]\nID_AA64ISAR1_EL1.APA = 3\n"
				   "ID_AA64ISAR1_EL1.GPA = 1\n"),
			 0);
	ck_assert_uint_eq(file.profile.pauth_isar1, 0x01000030);
	ck_assert_int_eq(text_read("[id]\nID_AA64ISAR1_EL1 = 0xf10\n"),
			 -EINVAL);
	/* More than there is of it is left out of a register. */
	ck_assert_int_eq(text_read("[id]\nID_AA64ISAR1_EL1 = 0x10000f00\n"), 0);
	ck_assert_uint_eq(file.profile.pauth_isar1, 0x10000500);
}
END_TEST

/* What is written down of each host is the host. */
START_TEST(written_and_read)
{
	const struct host_profile *host;

	for (unsigned int n = 0; (host = host_row(n)); n++) {
		char *text = host_file_text(host), *again;

		ck_assert_int_eq(text_read(text), 0);
		again = host_file_text(&file.profile);
		/* Where values come from is not read. */
		ck_assert_str_eq(strstr(again, "[host]"),
				 strstr(text, "[host]"));
		ck_assert_uint_eq(file.profile.target, host->target);
		free(again);
		free(text);
	}
}
END_TEST

START_TEST(mistakes)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"[hosts]\n", ":1: neither [host] nor [id]"},
		{"cpus = 1\n", ":1: [] cpus = 1: neither in [host] nor"},
		{"[host]\n\ncpu = 1\n", ":3: [host] cpu = 1: a host has no su"},
		{"[host]\ncpus\n", ":2: neither [host] nor [id] nor name = v"},
		{"[host]\ncpus = 1\ncpus = 1\n", ":3: [host] cpus = 1: a seco"},
		{"[host]\ncpus = 0\n", ":2: [host] cpus = 0: not from 1 to 40"},
		{"[host]\ncpus = -1\n", ":2: [host] cpus = -1: not a number"},
		{"[host]\ncpus = 1x\n", ":2: [host] cpus = 1x: not a number"},
		{"[host]\ncpus = \n", ":2: [host] cpus = : not a number"},
		{"[host]\nbase = z80\n", ":2: [host] base = z80: no host is c"},
		{"[host]\ncpus = 1\nbase = max\n",
		 ":3: [host] base = max: the"},
		{"[id]\nMIDR_EL1 = 1\n[host]\nbase = max\n",
		 ":4: [host] base = max: the base comes before all else"},
		{"[host]\nkernel = 6.2\n",
		 ":2: [host] kernel = 6.2: none of 5.6, 6.1"},
		{"[host]\nkernel = 5.6\n",
		 ": kernel 5.6 is that of Cortex-A15"},
		{"[host]\nbase = cortex-a15\nkernel = 6.1\n",
		 ": kernel 5.6 is that of Cortex-A15"},
		{"[host]\ngic = 4\n", ":2: [host] gic = 4: none of 2, 3, both"},
		{"[host]\nipa-bits = 53\n", ":2: [host] ipa-bits = 53: not fr"},
		{"[host]\nipa-bits = 31\n", ":2: [host] ipa-bits = 31: not fr"},
		{"[host]\npage-size = 65536\n",
		 ":2: [host] page-size = 65536: the VMM has pages of 4096"},
		{"[host]\npmu-counters = 32\n", ": not from 0 to 31"},
		{"[host]\nsve-lengths = 100\n", ": 100 is no multiple of 128"},
		{"[host]\nsve-lengths = 2176\n", ": 2176 is no multiple of"},
		{"[host]\nsve-lengths = 128 512\n", ": without 256"},
		{"[host]\nsve-lengths = 256\n", ": without 128"},
		{"[host]\nsve-lengths = 128 x\n", ": not a list of numbers"},
		{"[host]\nsve-lengths = 128, 256 384\n\nnone = 1\n",
		 ":4: [host] none = 1: a host has no such property"},
		{"[host]\nworkaround-2 = available\n", ": none of not-avail"},
		{"[id]\nSCTLR_EL1 = 1\n", ": not an ID register that a host"},
		{"[id]\nS3_0_C0_C3_7 = 1\n",
		 ": not an ID register that a host"},
		{"[id]\nID_AA64PFR0_EL1.XYZ = 1\n", ": nothing of such a fie"},
		{"[id]\nID_AA64PFR0_EL1.EL0 = 16\n", ": not from 0 to 15"},
		{"[id]\nID_AA64PFR1_EL1.MTE = 4\n",
		 ":2: [id] ID_AA64PFR1_EL1.MTE = 4: what is executed is 3 at "},
		{"[id]\nID_AA64DFR0_EL1.PMUVer = 9\n",
		 ":2: [id] ID_AA64DFR0_EL1.PMUVer = 9: what is executed is 6 "},
		{"[id]\nMIDR_EL1 = 1\nMIDR_EL1 = 1\n",
		 ":3: [id] MIDR_EL1 = 1: "},
		{"[id]\nID_AA64PFR0_EL1.EL3 = 1\nID_AA64PFR0_EL1.EL3 = 1\n",
		 ":3: [id] ID_AA64PFR0_EL1.EL3 = 1: a second time"},
		{"[id]\nID_AA64PFR0_EL1.EL3 = 1\nID_AA64PFR0_EL1 = 1\n",
		 ":3: [id] ID_AA64PFR0_EL1 = 1: a second time, or after a fi"},
		{"[id]\nID_AA64ISAR1_EL1.APA = 1\nID_AA64ISAR1_EL1.API = 1\n",
		 ":3: [id] ID_AA64ISAR1_EL1.API = 1: APA and GPA exclude"},
		{"[id]\nCTR_EL0 = 0xb444c004\n", ": DIC, bit 29"},
		{"[id]\nCCSIDR14 = 1\n", ": not from 0 to 13"},
		{"[id]\nCCSIDR1 = 1\nCCSIDR1 = 1\n", ":3: [id] CCSIDR1 = 1: a"},
	};

	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		struct refusal r;
		int err;

		refusal_begin(&r);
		ck_assert_int_eq(text_read("[host]\ncpus = 77\n"), 0);
		err = text_read(cases[k].text);
		refusal_end(&r);
		ck_assert_msg(err == -EINVAL, "%s: %d", cases[k].text, err);
		ck_assert_msg(!strncmp(r.why, "/x/board.ini:", 13) &&
				      strstr(r.why, cases[k].why),
			      "%s: %s", cases[k].text, r.why);
		/* Nothing of it was applied. */
		ck_assert_uint_eq(file.profile.cpus, 77);
	}
}
END_TEST

/* A file that is not to be used leaves the host what it was. */
START_TEST(files)
{
	char path[] = "/tmp/fauxkvm-host-XXXXXX", name[64];
	int fd = mkstemp(path);
	static const char good[] = "[host]\nipa-bits = 33\n";
	static const char bad[] = "ipa-bits = 34\n";

	ck_assert_int_eq(kernel_set_profile("max"), 0);
	ck_assert_int_eq(kernel_set_profile("/nonexistent"), -ENOENT);
	ck_assert_str_eq(kernel_profile_name(), "max");
	ck_assert_int_eq(write(fd, good, strlen(good)), strlen(good));
	ck_assert_int_eq(kernel_set_profile(path), 0);
	ck_assert_uint_eq(host_profile->ipa_bits, 33);
	/* Recordings tell files of one name apart. */
	snprintf(name, sizeof(name), "%s", kernel_profile_name());
	ck_assert_ptr_nonnull(strchr(name, '-'));
	ck_assert_int_eq(write(fd, bad, strlen(bad)), strlen(bad));
	ck_assert_int_eq(kernel_set_profile(path), -EINVAL);
	ck_assert_uint_eq(host_profile->ipa_bits, 33);
	ck_assert_str_eq(kernel_profile_name(), name);
	close(fd);
	unlink(path);
}
END_TEST

/* ---- Linux 6.1 ----------------------------------------------------------- */

/* Registers that Debian's 6.1 does not list and 6.12 does. */
static bool is_later(uint64_t id)
{
	switch (id) {
	case 0x603000000013df01: /* KVM_REG_ARM_PTIMER_CNT */
	case 0x603000000013df11: /* KVM_REG_ARM_PTIMER_CTL */
	case 0x603000000013df12: /* KVM_REG_ARM_PTIMER_CVAL */
	case 0x603000000013c103: /* TCR2_EL1 */
	case 0x603000000013c512: /* PIRE0_EL1 */
	case 0x603000000013c513: /* PIR_EL1 */ return true;
	}
	/* It has CCSIDRs of the caches that there are: two and a third. */
	return (id & ~UINT64_C(0xff)) == 0x6020000000110000 && (id & 0xff) > 2;
}

/* That of a vCPU without features. */
static struct kvm_reg_list *reg_list(const char *host)
{
	struct kvm_reg_list *list = malloc(8 + 400 * 8);
	struct kvm_vcpu_init init = {0};
	int sys, vm, vcpu;

	ck_assert_int_eq(kernel_set_profile(host), 0);
	sys = kvm_host_open();
	vm = KVM(sys, KVM_CREATE_VM, 0);
	vcpu = KVM(vm, KVM_CREATE_VCPU, 0);
	ASK(0, vm, KVM_ARM_PREFERRED_TARGET, &init);
	ASK(0, vcpu, KVM_ARM_VCPU_INIT, &init);
	list->n = 400;
	ASK(0, vcpu, KVM_GET_REG_LIST, list);
	kvm_host_close(vcpu);
	kvm_host_close(vm);
	kvm_host_close(sys);
	return list;
}

static bool list_has(const struct kvm_reg_list *list, uint64_t id)
{
	for (unsigned int n = 0; n < list->n; n++)
		if (list->reg[n] == id)
			return true;
	return false;
}

START_TEST(registers_of_6_1)
{
	struct kvm_reg_list *old = reg_list("kernel-6.1");
	struct kvm_reg_list *new = reg_list("default");

	for (unsigned int n = 0; n < old->n; n++)
		ck_assert(list_has(new, old->reg[n]));
	for (unsigned int n = 0; n < new->n; n++)
		ck_assert_msg(list_has(old, new->reg[n]) ==
				      !is_later(new->reg[n]),
			      "%llx", (unsigned long long)new->reg[n]);
	free(old);
	free(new);
}
END_TEST

static void set_fails(int vcpu, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {id, (uintptr_t)&val};

	ASK(-EINVAL, vcpu, KVM_SET_ONE_REG, &reg);
}

/* Each as tests/real-kvm -k 6.1 has it. */
START_TEST(answers_of_6_1)
{
	const uint64_t pfr0 = 0x603000000013c020, dfr0 = 0x603000000013c028;
	const uint64_t isar0 = 0x603000000013c030, ctr = 0x603000000013d801;
	static const int later[] = {KVM_CAP_DIRTY_LOG_RING_ACQ_REL,
				    KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP,
				    KVM_CAP_COUNTER_OFFSET,
				    KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES,
				    KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES,
				    KVM_CAP_USER_MEMORY2};
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};
	struct kvm_device_attr attr = {.group = KVM_ARM_VCPU_TIMER_CTRL,
				       .attr = KVM_ARM_VCPU_TIMER_IRQ_HVTIMER};
	struct kvm_userspace_memory_region2 region = {0};
	uint64_t val;
	struct kvm_one_reg reg = {pfr0, (uintptr_t)&val};
	int sys, vm, vcpu;

	ck_assert_int_eq(kernel_set_profile("kernel-6.1"), 0);
	sys = kvm_host_open();
	vm = KVM(sys, KVM_CREATE_VM, 0);
	vcpu = KVM(vm, KVM_CREATE_VCPU, 0);
	for (size_t k = 0; k < ARRAY_SIZE(later); k++)
		ASK(0, sys, KVM_CHECK_EXTENSION, later[k]);
	ASK(-EOPNOTSUPP, sys, 0xae07, 0); /* KVM_TRACE_PAUSE */
	ASK(-EINVAL, vm, KVM_SET_USER_MEMORY_REGION2, &region);
	ASK(-EINVAL, vm, KVM_RESET_DIRTY_RINGS, 0);
	ASK(-EINVAL, vm, KVM_ARM_SET_COUNTER_OFFSET, 0);
	ASK(-EINVAL, vm, KVM_ARM_GET_REG_WRITABLE_MASKS, 0);
	ASK(-EINVAL, vm, KVM_HAS_DEVICE_ATTR, &attr);
	ASK(0, vcpu, KVM_ARM_VCPU_INIT, &init);
	ASK(-ENXIO, vcpu, KVM_HAS_DEVICE_ATTR, &attr);
	attr.attr = KVM_ARM_VCPU_TIMER_IRQ_PTIMER;
	ASK(0, vcpu, KVM_HAS_DEVICE_ATTR, &attr);
	/* ID registers are fixed, but for two fields that may be less. */
	ck_assert_uint_eq(one_reg(vcpu, dfr0) & 15, 6);
	set_fails(vcpu, isar0, one_reg(vcpu, isar0) & ~UINT64_C(0xf0));
	set_fails(vcpu, ctr, one_reg(vcpu, ctr) - 1);
	val = one_reg(vcpu, pfr0) & ~(UINT64_C(0xff) << 56);
	ASK(0, vcpu, KVM_SET_ONE_REG, &reg);
	ck_assert_uint_eq(one_reg(vcpu, pfr0), val);
	set_fails(vcpu, pfr0, val | UINT64_C(2) << 56);
	set_fails(vcpu, pfr0, val ^ UINT64_C(1) << 28);
	kvm_host_close(vcpu);
	kvm_host_close(vm);
	kvm_host_close(sys);
}
END_TEST

/* The register that sets bits of counters and the one that clears them: a word. */
START_TEST(counters_of_6_1)
{
	const uint64_t set = 0x603000000013dce1, clear = 0x603000000013dce2;
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1u << KVM_ARM_VCPU_PMU_V3}};
	uint64_t val = 5;
	struct kvm_one_reg reg = {clear, (uintptr_t)&val};
	int sys, vm, vcpu;

	ck_assert_int_eq(kernel_set_profile(_i ? "kernel-6.1" : "default"), 0);
	sys = kvm_host_open();
	vm = KVM(sys, KVM_CREATE_VM, 0);
	vcpu = KVM(vm, KVM_CREATE_VCPU, 0);
	ASK(0, vcpu, KVM_ARM_VCPU_INIT, &init);
	ASK(0, vcpu, KVM_SET_ONE_REG, &reg);
	ck_assert_uint_eq(one_reg(vcpu, set) & 7, _i ? 5 : 2);
	reg.id = set;
	val = 1;
	ASK(0, vcpu, KVM_SET_ONE_REG, &reg);
	ck_assert_uint_eq(one_reg(vcpu, clear) & 7, _i ? 1 : 3);
	kvm_host_close(vcpu);
	kvm_host_close(vm);
	kvm_host_close(sys);
}
END_TEST

static void be_the_default(void)
{
	kernel_set_profile("default");
}

void add_tests_host_file(Suite *s)
{
	TCase *c = tcase_create("host-file");

	tcase_add_checked_fixture(c, kvm_host_init, be_the_default);
	tcase_add_loop_test(c, what_they_are, 0, ARRAY_SIZE(shipped));
	tcase_add_test(c, all_are_tested);
	tcase_add_test(c, taken);
	tcase_add_test(c, pointer_authentication);
	tcase_add_test(c, written_and_read);
	tcase_add_test(c, mistakes);
	tcase_add_test(c, files);
	tcase_add_test(c, registers_of_6_1);
	tcase_add_test(c, answers_of_6_1);
	tcase_add_loop_test(c, counters_of_6_1, 0, 2);
	suite_add_tcase(s, c);
}
