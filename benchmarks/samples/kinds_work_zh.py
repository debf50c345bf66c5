"""Kinds of Chinese documents to work with, each with the fields that are asked of it."""

from __future__ import annotations

from decimal import Decimal

from kinds_facts import Facts, Made, Pair, capitals

ITINERARY = (
    ("passenger", "string", "旅客姓名"),
    ("id_number", "string", "有效身份证件号码"),
    ("flight_number", "string", "航班号"),
    ("travel_date", "date", "出行日期"),
    ("departure", "string", "出发地"),
    ("destination", "string", "目的地"),
    ("cabin", "string", "座位等级"),
    ("fare", "number", "票价"),
    ("fuel_surcharge", "number", "燃油附加费"),
    ("total", "number", "合计金额"),
    ("ticket_number", "string", "电子客票号码"),
    ("issue_date", "date", "填开日期"),
    ("due_date", "date", "付款截止日期"),
    ("buyer_tax_id", "string", "购买方纳税人识别号"),
)


def itinerary(facts: Facts) -> Made:
    fare, fuel, fund = facts.chance.randint(320, 2400), facts.chance.randint(20, 120), 50
    towns = facts.chance.sample(("临川", "海州", "云溪", "安平", "平阳"), 2)
    return Made(
        title=facts.pick("航空运输电子客票行程单", "电子客票行程单"),
        head=(),
        groups=(
            (
                Pair("passenger", ("旅客姓名", "乘机人"), facts.person()),
                Pair(
                    "id_number",
                    ("有效身份证件号码", "证件号码", "身份证号"),
                    f"{facts.digits(6, '33')}19{facts.digits(10, '8')}",
                ),
                Pair("ticket_number", ("电子客票号码", "客票号", "票号"), f"781-{facts.digits(10)}"),
            ),
            (
                Pair("departure", ("始发站", "出发地", "自"), towns[0]),
                Pair("destination", ("目的站", "目的地", "至"), towns[1]),
                Pair("flight_number", ("航班号", "航班"), f"{facts.pick('MU', 'CA', 'CZ')}{facts.digits(4, '5')}"),
                Pair("cabin", ("座位等级", "舱位"), facts.pick("Y", "M", "经济舱")),
                facts.dated("travel_date", ("日期", "乘机日期", "出行日期"), 9),
            ),
        ),
        sums=(
            Pair("fare", ("票价",), f"CNY {fare}.00", f"{fare}.00"),
            Pair("", ("民航发展基金",), f"CN {fund}.00"),
            Pair("fuel_surcharge", ("燃油附加费",), f"{fuel}.00"),
            Pair("total", ("合计", "总额", "合计金额"), f"CNY {fare + fuel + fund}.00", f"{fare + fuel + fund}.00"),
        ),
        foot=(Pair("", ("填开单位",), facts.firm()), facts.dated("issue_date", ("填开日期",), optional=True)),
    )


BANK_SLIP = (
    ("transaction_date", "date", "交易日期"),
    ("payer", "string", "付款人户名"),
    ("payer_account", "string", "付款人账号"),
    ("payee", "string", "收款人户名"),
    ("payee_account", "string", "收款人账号"),
    ("payee_bank", "string", "收款人开户行"),
    ("amount", "number", "金额（小写）"),
    ("amount_in_words", "string", "金额（大写）"),
    ("purpose", "string", "用途"),
    ("serial_number", "string", "交易流水号"),
    ("currency", "string", "币种"),
    ("invoice_number", "string", "发票号码"),
    ("due_date", "date", "到期日"),
)


def bank_slip(facts: Facts) -> Made:
    amount = facts.amount(300, 480000)
    return Made(
        title=facts.pick("电子回单", "客户专用回单", "网上银行电子回单"),
        head=(facts.pick("青岚银行", "海州商业银行"),),
        groups=(
            (
                facts.dated("transaction_date", ("交易日期", "记账日期", "日期")),
                Pair("serial_number", ("交易流水号", "流水号", "交易序号"), facts.digits(14, "2")),
                Pair("currency", ("币种", "币别"), "人民币", "CNY"),
            ),
            (
                Pair("payer", ("付款人户名", "付款人名称", "付款方户名"), facts.firm()),
                Pair("payee", ("收款人户名", "收款人名称", "收款方户名"), facts.firm()),
                Pair("payer_account", ("付款人账号", "付款账号"), facts.digits(17, "33")),
                Pair("payee_account", ("收款人账号", "收款账号"), facts.digits(17, "62")),
                Pair("", ("付款人开户行", "付款行名称"), "青岚银行文昌支行"),
                Pair("payee_bank", ("收款人开户行", "收款行名称"), "海州商业银行滨河支行"),
            ),
            (
                Pair(
                    "amount",
                    ("金额", "小写金额", "金额（小写）"),
                    f"{facts.pick('¥', '￥', 'CNY ')}{amount:,}",
                    str(amount),
                ),
                Pair(
                    "amount_in_words",
                    ("大写金额", "金额（大写）", "金额大写"),
                    f"{facts.pick('', '人民币')}{capitals(amount)}",
                    capitals(amount),
                    True,
                ),
                Pair(
                    "purpose",
                    ("用途", "摘要", "附言"),
                    facts.pick("货款", "支付8月份房租", "设备维修费"),
                    optional=True,
                ),
            ),
        ),
    )


MEDICAL = (
    ("bill_code", "string", "票据代码"),
    ("bill_number", "string", "票据号码"),
    ("patient", "string", "交款人"),
    ("gender", "string", "性别"),
    ("issue_date", "date", "开票日期"),
    ("hospital", "string", "收款单位"),
    ("total", "number", "金额合计（小写）"),
    ("total_in_words", "string", "金额合计（大写）"),
    ("insurance_paid", "number", "医保统筹基金支付"),
    ("self_paid", "number", "个人现金支付"),
    ("outpatient_number", "string", "门诊号"),
    ("cashier", "string", "收款人"),
    ("travel_date", "date", "乘车日期"),
    ("plate", "string", "车牌号"),
)


def medical(facts: Facts) -> Made:
    rows, total = [], Decimal(0)
    for name in facts.chance.sample(("诊察费", "化验费", "西药费", "检查费", "治疗费"), 3):
        price = facts.amount(5, 300)
        rows.append((name, "1", f"{price}"))
        total += price
    paid = round(total * Decimal("0.6"), 2)
    return Made(
        title=facts.pick("医疗门诊收费票据（电子）", "门诊医疗收费电子票据"),
        head=(),
        groups=(
            (
                Pair("bill_code", ("票据代码",), facts.digits(8, "33")),
                Pair("bill_number", ("票据号码",), facts.digits(10, "00")),
                Pair("patient", ("交款人", "姓名"), facts.person()),
                facts.dated("issue_date", ("开票日期",)),
                Pair("gender", ("性别",), facts.pick("男", "女"), optional=True),
                Pair("outpatient_number", ("门诊号", "病历号"), facts.digits(8), optional=True),
            ),
        ),
        heads=("项目名称", "数量", "金额（元）"),
        rows=tuple(rows),
        sums=(
            Pair("total_in_words", ("金额合计（大写）", "合计（大写）"), capitals(total)),
            Pair("total", ("（小写）", "金额合计（小写）"), f"{total}"),
            Pair("insurance_paid", ("医保统筹基金支付", "统筹支付"), f"{paid}"),
            Pair("", ("个人账户支付",), "0.00"),
            Pair("self_paid", ("个人现金支付", "现金支付"), f"{total - paid}"),
        ),
        foot=(
            Pair("hospital", ("收款单位（章）", "收款单位"), f"{facts.pick('临川市', '海州市')}第一人民医院"),
            Pair("", ("复核人",), facts.person()),
            Pair("cashier", ("收款人",), facts.person(), optional=True),
        ),
    )


DELIVERY = (
    ("number", "string", "单号"),
    ("delivery_date", "date", "送货日期"),
    ("customer", "string", "收货单位"),
    ("supplier", "string", "送货单位"),
    ("address", "string", "收货地址"),
    ("contact", "string", "联系人"),
    ("phone", "string", "联系电话"),
    ("order_number", "string", "订单号"),
    ("total_quantity", "number", "合计数量"),
    ("total", "number", "合计金额"),
    ("driver", "string", "司机"),
    ("plate", "string", "车牌号"),
    ("email", "string", "电子邮箱"),
    ("valid_until", "date", "有效期至"),
)


def delivery(facts: Facts) -> Made:
    firm, rows, total, pieces = facts.firm(), [], Decimal(0), 0
    for at in range(facts.chance.randint(2, 4)):
        count, price = facts.chance.randint(2, 60), facts.amount(3, 200)
        rows.append(
            (str(at + 1), facts.good(), facts.pick("件", "箱", "个"), str(count), f"{price}", f"{count * price}")
        )
        total, pieces = total + count * price, pieces + count
    return Made(
        title=facts.pick("送货单", "送 货 单", "销售出库单"),
        head=(firm,),
        groups=(
            (
                Pair("number", ("单号", "送货单号", "NO", "编号"), f"{facts.pick('SH', 'CK')}{facts.digits(8, '25')}"),
                facts.dated("delivery_date", ("送货日期", "日期")),
                Pair("customer", ("收货单位", "客户", "收货方"), facts.firm()),
                Pair("contact", ("联系人", "收货人"), facts.person(), optional=True),
                Pair("phone", ("电话", "联系电话"), facts.phone(), optional=True),
                Pair("address", ("收货地址", "送货地址", "地址"), facts.street()),
                Pair("order_number", ("订单号", "订单编号", "采购单号"), f"DD{facts.digits(7)}", optional=True),
            ),
        ),
        heads=("序号", "品名", "单位", "数量", "单价", "金额"),
        rows=tuple(rows),
        sums=(
            Pair("total_quantity", ("合计数量", "数量合计"), str(pieces), optional=True),
            Pair("total", ("合计金额", "合计", "总计"), f"¥{total}", str(total)),
        ),
        foot=(
            Pair("", ("制单",), facts.person()),
            Pair("driver", ("司机", "送货人"), facts.person(), optional=True),
            Pair("plate", ("车牌号", "车号"), f"浙A{facts.digits(5)}", optional=True),
        ),
        unlabelled={"supplier": firm},
    )


KINDS = {
    "itinerary": ("zh", ITINERARY, itinerary),
    "bank_slip": ("zh", BANK_SLIP, bank_slip),
    "medical": ("zh", MEDICAL, medical),
    "delivery": ("zh", DELIVERY, delivery),
}
