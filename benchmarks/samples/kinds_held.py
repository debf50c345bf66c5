"""Kinds of documents kept for the half that is opened once: four in English, four in Chinese."""

from __future__ import annotations

from decimal import Decimal

from kinds_facts import Facts, Made, Pair, capitals

HOTEL_BILL = (
    ("guest_name", "string", "Guest"),
    ("room_number", "string", "Room"),
    ("arrival", "date", "Date of arrival"),
    ("departure", "date", "Date of departure"),
    ("folio_number", "string", "Folio or bill number"),
    ("nights", "number", "Number of nights"),
    ("hotel", "string", "Name of the hotel"),
    ("phone", "string", "Telephone of the hotel"),
    ("website", "string", "Website of the hotel"),
    ("room_charge", "number", "Charge for the room"),
    ("city_tax", "number", "City tax"),
    ("total", "number", "Total of the bill"),
    ("iban", "string", "IBAN"),
    ("discount", "number", "Discount"),
)


def hotel_bill(facts: Facts) -> Made:
    nights, rate, tax = facts.chance.randint(1, 6), facts.amount(70, 260), facts.amount(3, 25)
    hotel, phone, site = (
        f"{facts.pick('Hotel', 'The')} {facts.pick('Marisol', 'Grand Alder', 'Beacon')} {facts.pick('Inn', 'House', 'Suites')}",
        facts.phone(),
        "www.staywell.example.com",
    )
    return Made(
        title=facts.pick("Guest folio", "Hotel bill", "Information invoice"),
        head=(hotel, facts.street(), f"Tel. {phone}", site),
        groups=(
            (Pair("guest_name", ("Guest", "Guest name", "Name"), facts.person()), Pair("room_number", ("Room", "Room no."), facts.digits(3, "4")),
             Pair("folio_number", ("Folio no.", "Bill no.", "Folio"), facts.digits(6)),
             facts.dated("arrival", ("Arrival", "Check-in", "Arrival date"), 0), facts.dated("departure", ("Departure", "Check-out", "Departure date"), nights),
             Pair("nights", ("Nights", "No. of nights"), str(nights), optional=True)),
        ),
        heads=("Date", "Description", "Charges"), rows=tuple((facts.day(at)[0], "Accommodation", f"{rate}") for at in range(nights)),
        sums=(Pair("room_charge", ("Room charge", "Accommodation total"), f"{rate * nights}"), Pair("city_tax", ("City tax", "Tourist tax"), f"{tax}"),
              Pair("total", ("Total", "Balance due", "Total charges"), f"€ {rate * nights + tax}", str(rate * nights + tax))),
        unlabelled={"hotel": hotel, "phone": phone, "website": site},
    )  # fmt: skip


INSURANCE = (
    ("policy_number", "string", "Number of the policy"),
    ("insured", "string", "Name of the insured"),
    ("insurer", "string", "Insurance company"),
    ("start_date", "date", "Cover starts"),
    ("end_date", "date", "Cover ends"),
    ("sum_insured", "number", "Sum insured"),
    ("deductible", "number", "Deductible"),
    ("premium", "number", "Premium"),
    ("vehicle", "string", "Insured vehicle"),
    ("registration_number", "string", "Registration mark of the vehicle"),
    ("issue_date", "date", "Date of issue"),
    ("invoice_number", "string", "Invoice number"),
    ("iban", "string", "IBAN"),
)


def insurance(facts: Facts) -> Made:
    start, end = facts.day(7), facts.day(371)
    cover = facts.chance.randint(20, 900) * 1000
    return Made(
        title=facts.pick("Certificate of insurance", "Insurance certificate"),
        head=("Meridian Mutual Insurance", facts.street()),
        groups=(
            (Pair("policy_number", ("Policy number", "Policy no.", "Certificate no."), f"{facts.pick('MM', 'KP')}-{facts.digits(4)}-{facts.digits(3)}"),
             Pair("insured", ("Insured", "Policyholder", "Name of insured"), facts.person()),
             Pair("", ("Address",), facts.street()), facts.dated("issue_date", ("Date of issue", "Issued on", "Issue date"), optional=True)),
            (Pair("vehicle", ("Vehicle", "Make and model"), facts.pick("Norden Estate 2.0", "Civa Compact", "Aurel Van L2")),
             Pair("registration_number", ("Registration no.", "Registration mark"), f"KM{facts.digits(2)} {facts.pick('XTR', 'BDL')}"),
             facts.chance.choice((Pair("start_date", ("Effective from", "Start date", "Cover begins"), *start), Pair("start_date", ("Valid from",), *start))),
             Pair("end_date", ("Valid until", "Expiry date", "Cover ends"), *end),
             Pair("sum_insured", ("Sum insured", "Limit of liability"), f"${cover:,}", str(cover)),
             Pair("deductible", ("Deductible", "Excess"), f"${facts.pick('250', '500', '1,000')}", optional=True),
             Pair("premium", ("Annual premium", "Premium", "Total premium"), f"${facts.amount(180, 1200)}")),
        ),
        unlabelled={"insurer": "Meridian Mutual Insurance"},
    )  # fmt: skip


WAYBILL = (
    ("waybill_number", "string", "Number of the waybill"),
    ("ship_date", "date", "Date of shipment"),
    ("shipper", "string", "Sender"),
    ("consignee", "string", "Recipient"),
    ("origin", "string", "Origin"),
    ("destination", "string", "Destination"),
    ("pieces", "number", "Number of pieces"),
    ("gross_weight", "number", "Gross weight in kg"),
    ("declared_value", "number", "Declared value"),
    ("freight", "number", "Freight charge"),
    ("dangerous_goods", "boolean", "Dangerous goods"),
    ("carrier", "string", "Carrier"),
    ("due_date", "date", "Payment due date"),
    ("tax", "number", "Tax"),
)


def waybill(facts: Facts) -> Made:
    dangerous = facts.chance.random() < 0.4
    return Made(
        title=facts.pick("AIR WAYBILL", "Consignment note", "Waybill"),
        head=("Kestrel Logistics", f"Phone: {facts.phone()}"),
        groups=(
            (Pair("waybill_number", ("Waybill no.", "AWB number", "Consignment no."), f"{facts.digits(3, '1')}-{facts.digits(8)}"),
             facts.dated("ship_date", ("Ship date", "Date shipped", "Date")),
             Pair("shipper", ("Shipper", "Sender", "Consignor"), facts.firm()), Pair("consignee", ("Consignee", "Receiver", "Deliver to"), facts.firm()),
             Pair("origin", ("Origin", "From", "Airport of departure"), facts.pick("Kelmouth", "Fairhaven")),
             Pair("destination", ("Destination", "To", "Airport of destination"), facts.pick("Marlow", "Abbotsley"))),
            (Pair("pieces", ("Pieces", "No. of pieces", "Packages"), str(facts.chance.randint(1, 40))),
             Pair("gross_weight", ("Gross weight (kg)", "Gross weight", "Weight"), f"{facts.amount(2, 900)}"),
             Pair("", ("Chargeable weight",), f"{facts.amount(900, 950)}"),
             Pair("declared_value", ("Declared value", "Value for customs"), f"USD {facts.chance.randint(100, 9000)}.00", optional=True),
             Pair("dangerous_goods", ("Dangerous goods", "Dangerous goods?"), facts.ticked(dangerous, ("Yes", "No")), str(dangerous).lower()),
             Pair("freight", ("Freight", "Freight charges"), f"{facts.amount(30, 700)}")),
        ),
        unlabelled={"carrier": "Kestrel Logistics"},
    )  # fmt: skip


RENTAL = (
    ("agreement_number", "string", "Number of the rental agreement"),
    ("renter", "string", "Renter"),
    ("driving_licence", "string", "Driving licence number"),
    ("pickup_date", "date", "Day of pick-up"),
    ("return_date", "date", "Day of return"),
    ("vehicle_model", "string", "Model of the car"),
    ("mileage_out", "number", "Mileage at pick-up"),
    ("daily_rate", "number", "Rate a day"),
    ("deposit", "number", "Deposit"),
    ("total_charge", "number", "Total charge"),
    ("email", "string", "E-mail of the renter"),
    ("company", "string", "Rental company"),
    ("passport_number", "string", "Passport number"),
    ("due_date", "date", "Due date"),
)


def rental(facts: Facts) -> Made:
    person, days, rate = facts.person(), facts.chance.randint(2, 9), facts.amount(30, 90)
    return Made(
        title=facts.pick("Rental agreement", "Car rental receipt"),
        head=("Harbour Car Hire Ltd", facts.street(), "desk@harbourhire.example"),
        groups=(
            (Pair("agreement_number", ("Agreement no.", "Rental agreement no.", "RA number"), f"RA{facts.digits(6)}"),
             Pair("renter", ("Renter", "Hirer", "Driver"), person), Pair("driving_licence", ("Driving licence", "Licence no.", "Driver's license"), f"{facts.digits(3)}{facts.pick('XK', 'PL')}{facts.digits(5)}"),
             Pair("email", ("Email", "E-mail"), f"{person.split()[1].lower()}@mailbox.example", optional=True)),
            (Pair("vehicle_model", ("Vehicle", "Model", "Car"), facts.pick("Civa Compact", "Norden Estate")),
             facts.dated("pickup_date", ("Pick-up", "Date out", "Pick-up date")), facts.dated("return_date", ("Return", "Date in", "Return date"), days),
             Pair("mileage_out", ("Mileage out", "Odometer out"), str(facts.chance.randint(900, 80000)))),
        ),
        sums=(Pair("daily_rate", ("Daily rate", "Rate per day"), f"{rate}"), Pair("", ("Insurance",), "18.00"),
              Pair("deposit", ("Deposit", "Deposit paid"), "150.00", optional=True), Pair("total_charge", ("Total charge", "Total", "Total due"), f"£{rate * days + 18}", str(rate * days + 18))),
        unlabelled={"company": "Harbour Car Hire Ltd"},
    )  # fmt: skip


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
            (Pair("account_number", ("户号", "客户编号", "用户编号"), facts.digits(10, "33")), Pair("customer_name", ("户名", "客户名称", "用户名称"), facts.person()),
             Pair("address", ("用电地址", "地址"), facts.street()), Pair("billing_month", ("账单月份", "电费年月", "计费月份"), "2025年06月", optional=True)),
            (Pair("previous_reading", ("上期示数", "上次抄表数", "上月读数"), str(before)), Pair("current_reading", ("本期示数", "本次抄表数", "本月读数"), str(before + used)),
             Pair("usage", ("用电量", "电量", "电量（千瓦时）"), str(used)), Pair("", ("电价",), "0.56"),
             Pair("amount_due", ("应缴电费", "应交金额", "本期应缴金额"), f"{money}元", str(money)), facts.dated("due_date", ("缴费截止日期", "缴费期限", "最后缴费日"), 20, optional=True)),
        ),
        foot=(Pair("service_phone", ("服务热线", "客服电话", "咨询电话"), f"95598{facts.digits(2)}"),),
        unlabelled={"supplier": firm},
    )  # fmt: skip


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
            (Pair("name", ("姓名",), facts.person()), Pair("gender", ("性别",), facts.pick("男", "女")), Pair("birth_date", ("出生日期", "出生年月日"), *born),
             Pair("id_number", ("身份证号", "身份证号码", "证件号码"), f"{facts.digits(6, '33')}{born[1].replace('-', '')}{facts.digits(4)}"),
             Pair("phone", ("手机号码", "手机", "联系电话"), facts.digits(11, "139")), Pair("email", ("电子邮箱", "邮箱", "E-mail"), f"u{facts.digits(6)}@post.example", optional=True),
             Pair("education", ("学历", "文化程度"), facts.pick("本科", "硕士", "大专")), Pair("employer", ("工作单位", "单位"), facts.firm(), optional=True)),
            (Pair("married", ("是否已婚", "已婚"), facts.ticked(married, ("是", "否")), str(married).lower()),
             Pair("training", ("是否参加培训", "参加培训"), facts.ticked(training, ("是", "否")), str(training).lower()),
             Pair("address", ("家庭住址", "住址", "现住址"), facts.street())),
        ),
        foot=(facts.dated("fill_date", ("填表日期", "日期")),),
    )  # fmt: skip


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
            (Pair("declaration_number", ("报关单号", "海关编号", "报关单编号"), facts.digits(18, "31")), Pair("importer", ("境内收货人", "收货人"), facts.firm()),
             facts.dated("import_date", ("进口日期", "进境日期")), facts.dated("declaration_date", ("申报日期",), 2),
             Pair("exporter", ("境外发货人", "发货人"), facts.pick("ORIEL MACHINE WORKS", "LUMEN PARTS GMBH")), Pair("transport", ("运输方式",), facts.pick("水路运输", "航空运输")),
             Pair("contract_number", ("合同协议号", "合同号"), f"HT{facts.digits(7)}", optional=True), Pair("country", ("启运国", "启运国（地区）"), facts.pick("德国", "日本"), optional=True),
             Pair("packages", ("件数",), str(count)), Pair("gross_weight", ("毛重（千克）", "毛重"), f"{net + 12}"), Pair("net_weight", ("净重（千克）", "净重"), f"{net}")),
        ),
        heads=("商品名称", "数量", "单价", "总价"), rows=((facts.good(), str(count), f"{price}", f"{count * price}"),),
        sums=(Pair("total", ("总价", "合计", "总价合计"), f"USD {count * price}", str(count * price)),),
    )  # fmt: skip


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
    hotel, phone, total = (
        f"{facts.pick('云溪', '海州', '临川')}{facts.pick('悦来', '锦绣')}大酒店",
        facts.phone(),
        rate * nights,
    )
    return Made(
        title=facts.pick("宾客账单", "结账单", "住宿账单"),
        head=(hotel, f"电话：{phone}"),
        groups=(
            (Pair("guest", ("客人姓名", "姓名", "宾客姓名"), facts.person()), Pair("room_number", ("房号", "房间号"), facts.digits(4, "8")),
             Pair("bill_number", ("账单号", "账号", "单号"), facts.digits(8)), facts.dated("check_in", ("入住日期", "到店日期", "入住时间")),
             facts.dated("check_out", ("离店日期", "退房日期"), nights), Pair("room_rate", ("房价", "房费/晚"), f"{rate}.00")),
        ),
        heads=("日期", "项目", "金额"), rows=tuple((facts.day(at)[0], "房费", f"{rate}.00") for at in range(nights)),
        sums=(Pair("deposit", ("押金", "预付押金"), "1000.00", optional=True), Pair("total", ("消费合计", "合计", "应付金额"), f"¥{total}.00", f"{total}.00"),
              Pair("total_in_words", ("合计（大写）", "大写"), capitals(total), optional=True), Pair("payment_method", ("付款方式", "支付方式", "结算方式"), facts.pick("微信支付", "银行卡", "现金"))),
        unlabelled={"hotel": hotel, "phone": phone},
    )  # fmt: skip


KINDS = {
    "hotel_bill": ("en", HOTEL_BILL, hotel_bill), "insurance": ("en", INSURANCE, insurance),
    "waybill": ("en", WAYBILL, waybill), "rental": ("en", RENTAL, rental),
    "electricity": ("zh", ELECTRICITY, electricity), "registration": ("zh", REGISTRATION, registration),
    "customs": ("zh", CUSTOMS, customs), "stay": ("zh", STAY, stay),
}  # fmt: skip
