import type { CredentialSource } from '../../../aws/credential-source.ts'
import { errorMessage } from '../../../errors/error-message.ts'
import type { Finding } from '../../../component/finding.ts'

/** Finds credentials. @param roleArn the IAM role to assume, if one is set */
export async function checkCredentials(credentials: CredentialSource, roleArn: string | undefined): Promise<Finding> {
  try {
    const { accessKeyId } = await credentials.get()
    const role = roleArn === undefined ? '' : `, of ${roleArn}`
    return { name: 'credentials', state: 'ok', message: `key ${accessKeyId}${role}` }
  } catch (error) {
    return {
      name: 'credentials',
      state: 'fail',
      message: `none were found: ${errorMessage(error).split('\n')[0] ?? ''}`,
      advice:
        'on EC2 give the instance a role, on ECS the task; elsewhere set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
    }
  }
}
