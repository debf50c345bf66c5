"""Kinds of English documents to work with, each with the fields that are asked of it."""

from __future__ import annotations

from decimal import Decimal

from kinds_facts import Facts, Made, Pair

UTILITY_BILL = (
    ("account_number", "string", "Customer account at the utility"),
    ("bill_date", "date", "Date of the bill"),
    ("due_date", "date", "Date by which to pay"),
    ("meter_number", "string", "Number of the meter"),
    ("previous_reading", "number", "Meter reading at the start"),
    ("current_reading", "number", "Meter reading at the end"),
    ("usage", "number", "Units consumed"),
    ("amount_due", "number", "Amount to pay"),
    ("customer_name", "string", "Name of the customer"),
    ("email", "string", "E-mail of the utility"),
    ("purchase_order", "string", "Purchase order number"),
    ("discount", "number", "Discount given"),
)


def utility_bill(facts: Facts) -> Made:
    before, used = facts.chance.randint(2000, 60000), facts.chance.randint(60, 1400)
    firm, supply, standing = facts.firm(), facts.amount(20, 400), facts.amount(5, 30)
    vat = round((supply + standing) * Decimal("0.05"), 2)
    mail = f"help@{firm.split()[0].lower()}.example"
    due = supply + standing + vat
    return Made(
        title=facts.pick("Electricity bill", "Your gas bill", "Water statement"),
        head=(firm, facts.street(), f"Customer service {facts.phone()}", mail),
        groups=(
            (
                Pair(
                    "account_number",
                    ("Account number", "Account no.", "Customer account"),
                    f"{facts.digits(4, '8')} {facts.digits(4)}",
                ),
                facts.dated("bill_date", ("Bill date", "Date of bill", "Statement date")),
                Pair("", ("Bill number", "Statement no."), facts.digits(9)),
                Pair("customer_name", ("Customer", "Account holder", "Name"), facts.person()),
                Pair("", ("Supply address", "Service address"), facts.street()),
            ),
            (
                Pair(
                    "meter_number",
                    ("Meter number", "Meter serial no.", "Meter no."),
                    f"{facts.pick('E', 'K', 'Z')}{facts.digits(8)}",
                ),
                Pair("previous_reading", ("Previous reading", "Last reading"), str(before)),
                Pair("current_reading", ("Current reading", "Present reading", "This reading"), str(before + used)),
                Pair("usage", ("Units used", "Consumption", "Usage (kWh)"), str(used)),
            ),
        ),
        sums=(
            Pair("", ("Energy charges",), f"{supply}"),
            Pair("", ("Standing charge",), f"{standing}"),
            Pair("", ("VAT 5%", "VAT @ 5%"), f"{vat}"),
            Pair("amount_due", ("Amount due", "Total to pay", "Please pay"), f"£{due}", str(due)),
            facts.dated("due_date", ("Payment due by", "Pay by", "Due date"), 21),
        ),
        unlabelled={"email": mail},
    )


PAYSLIP = (
    ("employee_name", "string", "Name of the employee"),
    ("employee_id", "string", "Employee number"),
    ("department", "string", "Department"),
    ("employer", "string", "Employer"),
    ("pay_date", "date", "Day of payment"),
    ("gross_pay", "number", "Pay before deductions"),
    ("income_tax", "number", "Income tax deducted"),
    ("net_pay", "number", "Pay after deductions"),
    ("tax_code", "string", "Tax code"),
    ("vat_number", "string", "VAT number"),
    ("due_date", "date", "Payment due date"),
    ("invoice_number", "string", "Invoice number"),
)


def payslip(facts: Facts) -> Made:
    gross, tax, pension = facts.amount(2100, 6800), facts.amount(200, 900), facts.amount(80, 300)
    firm = facts.firm()
    return Made(
        title=facts.pick("Payslip", "Pay advice", "Salary slip"),
        head=(firm,),
        groups=(
            (
                Pair("employee_name", ("Employee", "Employee name", "Name"), facts.person()),
                Pair(
                    "employee_id",
                    ("Employee no.", "Employee ID", "Staff number"),
                    f"{facts.pick('E-', 'ST', '')}{facts.digits(5, '1')}",
                ),
                Pair(
                    "department",
                    ("Department", "Dept."),
                    facts.pick("Accounts", "Warehouse", "Research", "Field service"),
                    optional=True,
                ),
                facts.dated("pay_date", ("Pay date", "Payment date", "Date paid")),
                Pair("tax_code", ("Tax code",), f"{facts.digits(4, '1')}L", optional=True),
            ),
        ),
        heads=("Payments", "Hours", "Rate", "Amount"),
        rows=(("Basic pay", "160.00", "", f"{gross}"),),
        sums=(
            Pair("gross_pay", ("Gross pay", "Total gross pay", "Total earnings"), f"{gross:,}", str(gross)),
            Pair("income_tax", ("Income tax", "PAYE tax", "Tax"), f"{tax}"),
            Pair("", ("Pension", "Pension contribution"), f"{pension}"),
            Pair(
                "net_pay",
                ("Net pay", "Take home pay", "Net salary"),
                f"{gross - tax - pension:,}",
                str(gross - tax - pension),
            ),
        ),
        unlabelled={"employer": firm},
    )


PURCHASE_ORDER = (
    ("po_number", "string", "Number of the order"),
    ("order_date", "date", "Date of the order"),
    ("delivery_date", "date", "Delivery date wanted"),
    ("buyer", "string", "Who orders"),
    ("vendor_name", "string", "Vendor"),
    ("ship_to", "string", "Delivery address"),
    ("payment_terms", "string", "Payment terms"),
    ("subtotal", "number", "Sum before tax"),
    ("tax", "number", "Tax"),
    ("grand_total", "number", "Sum with tax"),
    ("contact_email", "string", "E-mail for questions"),
    ("iban", "string", "IBAN"),
    ("invoice_number", "string", "Invoice number"),
)


def purchase_order(facts: Facts) -> Made:
    buyer, street = facts.firm(), facts.street()
    rows, net = [], Decimal(0)
    for _ in range(facts.chance.randint(2, 4)):
        count, price = facts.chance.randint(1, 30), facts.amount(2, 90)
        rows.append((facts.good(), str(count), f"{price}", f"{count * price:,}"))
        net += count * price
    tax = round(net * Decimal("0.08"), 2)
    mail = f"purchasing@{buyer.split()[0].lower()}.example"
    return Made(
        title=facts.pick("PURCHASE ORDER", "Purchase Order"),
        head=(buyer, street, f"Phone {facts.phone()}"),
        groups=(
            (
                Pair("po_number", ("PO number", "P.O. No.", "Order no.", "PO #"), f"PO-{facts.digits(5)}"),
                facts.dated("order_date", ("Order date", "Date", "PO date")),
                facts.dated("delivery_date", ("Required by", "Delivery date", "Deliver by"), 14, optional=True),
                Pair(
                    "payment_terms",
                    ("Terms", "Payment terms"),
                    facts.pick("Net 30 days", "30 days end of month"),
                    optional=True,
                ),
            ),
            (
                Pair("vendor_name", ("Vendor", "Supplier", "To"), facts.firm()),
                Pair("ship_to", ("Ship to", "Deliver to", "Delivery address"), facts.street(), optional=True),
                Pair("contact_email", ("E-mail", "Questions to", "Contact"), mail),
            ),
        ),
        heads=("Item", "Qty", "Unit price", "Amount"),
        rows=tuple(rows),
        sums=(
            Pair("subtotal", ("Subtotal", "Net total"), f"{net:,}", str(net)),
            Pair("tax", ("Sales tax", "Tax 8%"), f"{tax:,}", str(tax)),
            Pair("grand_total", ("Total", "Grand total", "Order total"), f"${net + tax:,}", str(net + tax)),
        ),
        unlabelled={"buyer": buyer},
    )


MEMBERSHIP = (
    ("full_name", "string", "Applicant's name"),
    ("date_of_birth", "date", "Date of birth"),
    ("email", "string", "E-mail"),
    ("phone", "string", "Telephone"),
    ("address", "string", "Home address"),
    ("membership_type", "string", "Type of membership"),
    ("student", "boolean", "Is the applicant a student"),
    ("newsletter", "boolean", "Wants the newsletter"),
    ("emergency_contact", "string", "Whom to call in an emergency"),
    ("start_date", "date", "First day of membership"),
    ("fee", "number", "Membership fee"),
    ("vat_number", "string", "VAT number"),
    ("due_date", "date", "Due date"),
)


def membership(facts: Facts) -> Made:
    person, student, letter = facts.person(), facts.chance.random() < 0.5, facts.chance.random() < 0.5
    return Made(
        title=facts.pick("Membership application", "Application for membership"),
        head=(f"{facts.pick('Kelmouth', 'Fairhaven', 'Marlow')} Rowing Club",),
        groups=(
            (
                Pair("full_name", ("Full name", "Name of applicant", "Name"), person),
                Pair("date_of_birth", ("Date of birth", "Born on", "DOB"), facts.day(-9000)[0], facts.day(-9000)[1]),
                Pair(
                    "email",
                    ("E-mail", "Email address"),
                    f"{person.split()[0].lower()}.{person.split()[1].lower()}@post.example",
                ),
                Pair("phone", ("Telephone", "Mobile", "Phone"), facts.phone(), optional=True),
                Pair("address", ("Address", "Home address"), facts.street()),
            ),
            (
                Pair(
                    "membership_type",
                    ("Membership type", "Type of membership", "Category"),
                    facts.pick("Family", "Full", "Junior"),
                ),
                facts.dated("start_date", ("Start date", "Membership starts", "From"), 10, optional=True),
                Pair("fee", ("Annual fee", "Fee", "Membership fee"), f"{facts.chance.randint(40, 220)}.00"),
                Pair("emergency_contact", ("Emergency contact", "In case of emergency"), facts.person(), optional=True),
                Pair(
                    "student",
                    ("Student", "Are you a student?"),
                    facts.ticked(student, ("Yes", "No")),
                    str(student).lower(),
                ),
                Pair(
                    "newsletter",
                    ("Newsletter", "Send me the newsletter"),
                    facts.ticked(letter, ("Yes", "No")),
                    str(letter).lower(),
                ),
            ),
        ),
    )


KINDS = {
    "utility_bill": ("en", UTILITY_BILL, utility_bill),
    "payslip": ("en", PAYSLIP, payslip),
    "purchase_order": ("en", PURCHASE_ORDER, purchase_order),
    "membership": ("en", MEMBERSHIP, membership),
}
