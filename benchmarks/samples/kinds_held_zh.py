"""Kinds of Chinese documents kept for the half that is opened once, each with the fields that are asked of it."""

from __future__ import annotations

from decimal import Decimal

from kinds_facts import Facts, Made, Pair, capitals

ELECTRICITY = (
    ("account_number", "string", "户号"),
    ("customer_name", "string", "户名"),
    ("address", "string", "用电地址"),
    ("billing_month", "string", "账单月份"),
    ("previous_reading", "number", "上期示数"),
    ("current_reading", "number", "本期示数"),
    ("usage", "number", "用电量"),
    ("amount_due", "number", "应缴电费"),
    ("due_date", "date", "缴费截止日期"),
    ("supplier", "string", "供电单位"),
    ("service_phone", "string", "服务热线"),
    ("iban", "string", "IBAN"),
    ("invoice_number", "string", "发票号码"),
)


def electricity(facts: Facts) -> Made:
    before, used = facts.chance.randint(900, 40000), facts.chance.randint(50, 900)
    money, firm = round(Decimal(used) * Decimal("0.56"), 2), facts.pick("临川市供电公司", "海州供电有限公司")
    return Made(
        title=facts.pick("电费通知单", "电费账单", "电费缴费通知单"),
        head=(firm,),
        groups=(
            (
                Pair("account_number", ("户号", "客户编号", "用户编号"), facts.digits(10, "33")),
                Pair("customer_name", ("户名", "客户名称", "用户名称"), facts.person()),
                Pair("address", ("用电地址", "地址"), facts.street()),
                Pair("billing_month", ("账单月份", "电费年月", "计费月份"), "2025年06月", optional=True),
            ),
            (
                Pair("previous_reading", ("上期示数", "上次抄表数", "上月读数"), str(before)),
                Pair("current_reading", ("本期示数", "本次抄表数", "本月读数"), str(before + used)),
                Pair("usage", ("用电量", "电量", "电量（千瓦时）"), str(used)),
                Pair("", ("电价",), "0.56"),
                Pair("amount_due", ("应缴电费", "应交金额", "本期应缴金额"), f"{money}元", str(money)),
                facts.dated("due_date", ("缴费截止日期", "缴费期限", "最后缴费日"), 20, optional=True),
            ),
        ),
        foot=(Pair("service_phone", ("服务热线", "客服电话", "咨询电话"), f"95598{facts.digits(2)}"),),
        unlabelled={"supplier": firm},
    )


REGISTRATION = (
    ("name", "string", "姓名"),
    ("gender", "string", "性别"),
    ("birth_date", "date", "出生日期"),
    ("id_number", "string", "身份证号"),
    ("phone", "string", "手机号码"),
    ("email", "string", "电子邮箱"),
    ("education", "string", "学历"),
    ("employer", "string", "工作单位"),
    ("married", "boolean", "是否已婚"),
    ("training", "boolean", "是否参加培训"),
    ("address", "string", "家庭住址"),
    ("fill_date", "date", "填表日期"),
    ("invoice_number", "string", "发票号码"),
    ("total", "number", "合计金额"),
)


def registration(facts: Facts) -> Made:
    married, training = facts.chance.random() < 0.5, facts.chance.random() < 0.5
    born = facts.day(-11000)
    return Made(
        title=facts.pick("人员信息登记表", "报名登记表", "入职登记表"),
        head=(),
        groups=(
            (
                Pair("name", ("姓名",), facts.person()),
                Pair("gender", ("性别",), facts.pick("男", "女")),
                Pair("birth_date", ("出生日期", "出生年月日"), *born),
                Pair(
                    "id_number",
                    ("身份证号", "身份证号码", "证件号码"),
                    f"{facts.digits(6, '33')}{born[1].replace('-', '')}{facts.digits(4)}",
                ),
                Pair("phone", ("手机号码", "手机", "联系电话"), facts.digits(11, "139")),
                Pair("email", ("电子邮箱", "邮箱", "E-mail"), f"u{facts.digits(6)}@post.example", optional=True),
                Pair("education", ("学历", "文化程度"), facts.pick("本科", "硕士", "大专")),
                Pair("employer", ("工作单位", "单位"), facts.firm(), optional=True),
            ),
            (
                Pair("married", ("是否已婚", "已婚"), facts.ticked(married, ("是", "否")), str(married).lower()),
                Pair(
                    "training",
                    ("是否参加培训", "参加培训"),
                    facts.ticked(training, ("是", "否")),
                    str(training).lower(),
                ),
                Pair("address", ("家庭住址", "住址", "现住址"), facts.street()),
            ),
        ),
        foot=(facts.dated("fill_date", ("填表日期", "日期")),),
    )


CUSTOMS = (
    ("declaration_number", "string", "报关单号"),
    ("importer", "string", "境内收货人"),
    ("exporter", "string", "境外发货人"),
    ("import_date", "date", "进口日期"),
    ("declaration_date", "date", "申报日期"),
    ("transport", "string", "运输方式"),
    ("contract_number", "string", "合同协议号"),
    ("country", "string", "启运国"),
    ("packages", "number", "件数"),
    ("gross_weight", "number", "毛重（千克）"),
    ("net_weight", "number", "净重（千克）"),
    ("total", "number", "总价"),
    ("drawer", "string", "开票人"),
    ("iban", "string", "IBAN"),
)


def customs(facts: Facts) -> Made:
    count, price, net = facts.chance.randint(2, 80), facts.amount(20, 500), facts.amount(40, 800)
    return Made(
        title="中华人民共和国海关进口货物报关单",
        head=(),
        groups=(
            (
                Pair("declaration_number", ("报关单号", "海关编号", "报关单编号"), facts.digits(18, "31")),
                Pair("importer", ("境内收货人", "收货人"), facts.firm()),
                facts.dated("import_date", ("进口日期", "进境日期")),
                facts.dated("declaration_date", ("申报日期",), 2),
                Pair("exporter", ("境外发货人", "发货人"), facts.pick("ORIEL MACHINE WORKS", "LUMEN PARTS GMBH")),
                Pair("transport", ("运输方式",), facts.pick("水路运输", "航空运输")),
                Pair("contract_number", ("合同协议号", "合同号"), f"HT{facts.digits(7)}", optional=True),
                Pair("country", ("启运国", "启运国（地区）"), facts.pick("德国", "日本"), optional=True),
                Pair("packages", ("件数",), str(count)),
                Pair("gross_weight", ("毛重（千克）", "毛重"), f"{net + 12}"),
                Pair("net_weight", ("净重（千克）", "净重"), f"{net}"),
            ),
        ),
        heads=("商品名称", "数量", "单价", "总价"),
        rows=((facts.good(), str(count), f"{price}", f"{count * price}"),),
        sums=(Pair("total", ("总价", "合计", "总价合计"), f"USD {count * price}", str(count * price)),),
    )


STAY = (
    ("guest", "string", "客人姓名"),
    ("room_number", "string", "房号"),
    ("check_in", "date", "入住日期"),
    ("check_out", "date", "离店日期"),
    ("bill_number", "string", "账单号"),
    ("hotel", "string", "酒店名称"),
    ("deposit", "number", "押金"),
    ("room_rate", "number", "房价"),
    ("total", "number", "消费合计"),
    ("total_in_words", "string", "合计（大写）"),
    ("payment_method", "string", "付款方式"),
    ("phone", "string", "酒店电话"),
    ("tax_amount", "number", "税额"),
    ("valid_until", "date", "有效期至"),
)


def stay(facts: Facts) -> Made:
    nights, rate = facts.chance.randint(1, 5), Decimal(facts.chance.randint(188, 688))
    hotel = f"{facts.pick('云溪', '海州', '临川')}{facts.pick('悦来', '锦绣')}大酒店"
    phone, total = facts.phone(), rate * nights
    return Made(
        title=facts.pick("宾客账单", "结账单", "住宿账单"),
        head=(hotel, f"电话：{phone}"),
        groups=(
            (
                Pair("guest", ("客人姓名", "姓名", "宾客姓名"), facts.person()),
                Pair("room_number", ("房号", "房间号"), facts.digits(4, "8")),
                Pair("bill_number", ("账单号", "账号", "单号"), facts.digits(8)),
                facts.dated("check_in", ("入住日期", "到店日期", "入住时间")),
                facts.dated("check_out", ("离店日期", "退房日期"), nights),
                Pair("room_rate", ("房价", "房费/晚"), f"{rate}.00"),
            ),
        ),
        heads=("日期", "项目", "金额"),
        rows=tuple((facts.day(at)[0], "房费", f"{rate}.00") for at in range(nights)),
        sums=(
            Pair("deposit", ("押金", "预付押金"), "1000.00", optional=True),
            Pair("total", ("消费合计", "合计", "应付金额"), f"¥{total}.00", f"{total}.00"),
            Pair("total_in_words", ("合计（大写）", "大写"), capitals(total), optional=True),
            Pair("payment_method", ("付款方式", "支付方式", "结算方式"), facts.pick("微信支付", "银行卡", "现金")),
        ),
        unlabelled={"hotel": hotel, "phone": phone},
    )


KINDS = {
    "electricity": ("zh", ELECTRICITY, electricity),
    "registration": ("zh", REGISTRATION, registration),
    "customs": ("zh", CUSTOMS, customs),
    "stay": ("zh", STAY, stay),
}
